use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State as Shared;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::body::Sent;
use super::error::ControlError;
use crate::fault::{Disruption, Ending, Fate};
use crate::peer::Peer;
use crate::state::State;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// How long, in seconds of real time.
    #[serde(rename = "for")]
    lasting: f64,
}

/// Nobody can end an outage from outside, so none is longer than ten minutes.
const LIMIT: Duration = Duration::from_secs(600);

/// Closes the port with the answer.
pub(super) async fn begin(
    Shared(state): Shared<Arc<State>>,
    peer: Option<Extension<Peer>>,
    body: Sent,
) -> Result<Response, ControlError> {
    let wish = body.json::<Wish>(EXAMPLE)?;
    let lasting = Duration::try_from_secs_f64(wish.lasting).unwrap_or_default();
    if lasting.is_zero() || lasting > LIMIT {
        return Err(ControlError::bad_request(format!(
            "for: {} is no length of an outage; it is above 0 and at most 600 seconds",
            wish.lasting
        )));
    }
    let outage = state.outages.plan(lasting);
    if peer.is_none() {
        // In memory nothing lies between this and the client.
        drop(outage);
        return Ok(StatusCode::ACCEPTED.into_response());
    }
    let mut response = (StatusCode::ACCEPTED, [(header::CONNECTION, "close")]).into_response();
    // The server drops them when it has the bytes of the answer in its hands.
    response.extensions_mut().insert(outage);
    response.extensions_mut().insert(Disruption { answer: Fate::Sent, ending: Ending::Close });
    Ok(response)
}

const EXAMPLE: &str = r#"{"for": 5}, in seconds"#;
