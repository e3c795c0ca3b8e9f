//! From HTTP to actions and back.
//!
//! Works on requests and answers in memory; whether a socket is behind them is the matter of [`server`](crate::FakeSts::start).

mod call;
mod course;
mod endpoint;
mod gate;
mod outbound_issuer;
mod outcome;
mod partial;
mod record;
mod reply;
mod stranger;
mod struck;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{self, Body, Bytes, HttpBody as _};
use axum::extract::{Request, State as Shared};
use axum::response::Response;
use axum::routing::any;
use http::HeaderValue;
use http_body_util::LengthLimitError;

use self::gate::Gate;
use self::record::Times;
use self::reply::Reply;
use crate::clock::Stopwatch;
use crate::closing::Closing;
use crate::control;
use crate::endpoints;
use crate::peer::Peer;
use crate::resource::{self, Place};
use crate::state::State;

/// The greatest body, in bytes.
const BODY_LIMIT: usize = 10_000_000;

/// How long a client may take to send its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// The same for a body that is refused for its length.
const REFUSED_BODY_TIMEOUT: Duration = Duration::from_secs(1);

pub(crate) fn router(state: Arc<State>) -> Router {
    Router::new()
        .nest("/_fake-sts", control::router(&state))
        // Nesting leaves out this one.
        .route("/_fake-sts/", any(control::unknown))
        .route("/_fake-sts/resource/{service}", any(sts))
        .route("/_fake-sts/resource/{service}/", any(sts))
        .route("/_fake-sts/resource/{service}/{*path}", any(sts))
        .fallback(sts)
        .with_state(state)
}

async fn sts(Shared(state): Shared<Arc<State>>, request: Request) -> Response {
    if state.outages.are_there() {
        return struck::refused();
    }
    let stopwatch = Stopwatch::start();
    let (parts, body) = request.into_parts();
    if let Some(reply) = outbound_issuer::reply(&state, &parts) {
        return reply.into_response(&state.clock);
    }
    let peer = parts.extensions.get::<Peer>().copied();
    let closing = Closing::of(&parts.extensions);
    let body = read(body).await;
    let path = parts.uri.path();
    if let Some(place) = Place::of_path(path).or_else(|| Place::of_host(&parts.headers, path)) {
        let body = body.as_deref().map_err(|status| *status);
        return resource::serve(&state, &place, &parts, body, stopwatch);
    }
    if let Some(response) = endpoints::serve(&state, &parts, stopwatch) {
        return response;
    }
    let gate = match &body {
        Ok(body) => gate::pass(&parts, body),
        Err(status) => Gate::Reply(Reply::empty(*status)),
    };
    let advice = stranger::advice(&parts.headers, parts.uri.query().unwrap_or_default());
    let header = advice.as_deref().and_then(|advice| HeaderValue::from_str(advice).ok());
    let mut response = match gate {
        Gate::Call(arrival) => {
            call::carry_out(&state, &arrival, peer, closing, stopwatch, advice).await
        }
        Gate::Reply(reply) => {
            let now = state.clock.timestamp();
            let times = Times { now, stopwatch };
            state.journal.record(record::of_turned_away(&parts, &reply, peer, times, advice));
            reply.into_response(&state.clock)
        }
    };
    response.headers_mut().extend(header.map(|header| (stranger::ADVICE, header)));
    response
}

/// The body, or the status of the answer when it cannot be had.
async fn read(body: Body) -> Result<Bytes, u16> {
    // What is announced as too long need not come: it is refused in any case, after a moment to take it off the wire.
    let announced = body.size_hint().lower() > BODY_LIMIT as u64;
    let patience = if announced { REFUSED_BODY_TIMEOUT } else { BODY_TIMEOUT };
    match tokio::time::timeout(patience, body::to_bytes(body, BODY_LIMIT)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_too_long(&error) => Err(413),
        Ok(Err(_)) => Err(400),
        Err(_) if announced => Err(413),
        Err(_) => Err(408),
    }
}

fn is_too_long(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<LengthLimitError>)
}
