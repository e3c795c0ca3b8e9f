use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::{body::Bytes, extract::State as Shared, response::Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::error::{ControlError, json};
use crate::{
    clock::{Clock, Motion},
    state::State,
};

/// What to do with the clock. Several wishes are carried out in this order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// Back to real time.
    #[serde(default)]
    reset: bool,
    /// To an instant, such as `2026-07-13T10:00:00Z`, or seconds since 1970.
    set: Option<Instant>,
    /// Forward, by seconds.
    advance: Option<f64>,
    /// Whether it shall stand still from now on.
    frozen: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Instant {
    Seconds(i64),
    Text(String),
}

pub(super) async fn show(Shared(state): Shared<Arc<State>>) -> Response {
    shown(&state.clock)
}

pub(super) async fn change(
    Shared(state): Shared<Arc<State>>,
    body: Bytes,
) -> Result<Response, ControlError> {
    let wish = serde_json::from_slice::<Wish>(&body).map_err(|error| {
        let example = r#"{"set": "2026-07-13T10:00:00Z", "advance": 60, "frozen": true, "reset": false}, any of them"#;
        ControlError::bad_request(format!("{error}; send {example}"))
    })?;
    let time = wish.set.map(time).transpose()?;
    let advance = wish.advance.map(Duration::try_from_secs_f64).transpose();
    let advance =
        advance.map_err(|error| ControlError::bad_request(format!("advance: {error}")))?;
    let clock = &state.clock;
    if wish.reset {
        clock.reset();
    }
    if let Some(time) = time {
        clock.set(time).map_err(|error| ControlError::bad_request(error.to_string()))?;
    }
    if let Some(advance) = advance {
        clock.advance(advance);
    }
    match wish.frozen {
        Some(true) => clock.freeze(),
        Some(false) => clock.run(),
        None => {}
    }
    Ok(shown(clock))
}

fn time(instant: Instant) -> Result<SystemTime, ControlError> {
    let time = match instant {
        Instant::Seconds(seconds) => Timestamp::from_second(seconds),
        Instant::Text(text) => text.parse(),
    };
    let time = time.map_err(|error| {
        ControlError::bad_request(format!("set: {error}; write 2026-07-13T10:00:00Z"))
    })?;
    Ok(time.into())
}

fn shown(clock: &Clock) -> Response {
    let now = clock.timestamp();
    json(&json!({
        "now": now.to_string(),
        "epoch": now.as_second(),
        "frozen": clock.motion() == Motion::Frozen,
    }))
}
