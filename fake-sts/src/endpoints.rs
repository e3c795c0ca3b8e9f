//! Endpoints that give credentials to programs that did not ask STS: containers, pods, instances.
//!
//! None is there unless it is asked for, by [`FakeStsBuilder::serve`](crate::FakeStsBuilder::serve) or `fake-sts --serve`. Each gives out sessions of
//! one role of the world, which expire by the virtual clock, and every request is in the journal.
//!
//! | | path | operations in the journal |
//! |---|---|---|
//! | [`Endpoint::container`] | `/v2/credentials/fake-sts` | `container:GetCredentials` |
//! | [`Endpoint::pod_identity`] | `/v1/credentials` | `pod-identity:GetCredentials` |
//! | [`Endpoint::instance_metadata`] | `/latest/..` | `imds:GetToken`, `imds:GetRole`, `imds:GetCredentials`, `imds:GetMetadata` |
//!
//! ```
//! # async fn example() -> Result<(), fake_sts::StartError> {
//! use fake_sts::{FakeSts, endpoints::Endpoint};
//!
//! let sts = FakeSts::builder().serve(Endpoint::container("plain").token("open sesame")).start().await?;
//!
//! // What the environment of a program says.
//! let url = format!("{}{}", sts.uri(), Endpoint::CONTAINER_PATH); // AWS_CONTAINER_CREDENTIALS_FULL_URI
//! let token = "open sesame"; // AWS_CONTAINER_AUTHORIZATION_TOKEN
//! # Ok(()) }
//! ```

mod answer;
mod container;
mod document;
mod endpoint;
mod fault;
mod instance;
mod sessions;
mod token_file;

use axum::response::Response;
use http::request::Parts;

use self::answer::Answer;
pub use self::endpoint::Endpoint;
pub use self::fault::EndpointFault;
pub(crate) use self::fault::Faults;
pub(crate) use self::sessions::Served;
pub use self::token_file::TokenFile;
use crate::clock::Stopwatch;
use crate::journal::{Call, CallOutcome, cut};
use crate::peer::{Peer, source_ip};
use crate::state::State;

/// Answers a request to an endpoint that is served, and writes it down; nothing for every other request.
pub(crate) fn serve(state: &State, parts: &Parts, stopwatch: Stopwatch) -> Option<Response> {
    let path = parts.uri.path();
    let path = path.strip_suffix('/').unwrap_or(path);
    let answer = match path {
        Endpoint::CONTAINER_PATH => container::answer(state, state.endpoints.container()?, parts),
        Endpoint::POD_IDENTITY_PATH => {
            container::answer(state, state.endpoints.pod_identity()?, parts)
        }
        _ => instance::answer(state, state.endpoints.instance()?, parts, path)?,
    };
    let answer = match state.endpoint_faults.next() {
        Some(fault) => answer.spoiled(fault),
        None => answer,
    };
    state.journal.record(record(state, parts, &answer, stopwatch));
    Some(answer.response(state.clock.timestamp()))
}

fn record(state: &State, parts: &Parts, answer: &Answer, stopwatch: Stopwatch) -> Call {
    let peer = parts.extensions.get::<Peer>().copied();
    let agent = parts.headers.get(http::header::USER_AGENT);
    let outcome = match answer.refused {
        None if answer.status < 400 => CallOutcome::Answered,
        None => CallOutcome::TurnedAway,
        Some((code, ref message)) => {
            CallOutcome::Refused { code, message: Some(message.clone()), reason: None }
        }
    };
    Call {
        at: state.clock.timestamp().into(),
        received: stopwatch.started_at(),
        took: stopwatch.elapsed(),
        operation: answer.operation.to_owned(),
        subject: Some(cut(&format!("{} {}", parts.method, parts.uri.path()))),
        source_ip: Some(source_ip(peer)),
        user_agent: agent.map(|agent| cut(&String::from_utf8_lossy(agent.as_bytes()))),
        status: answer.status,
        outcome,
        ..Call::default()
    }
}
