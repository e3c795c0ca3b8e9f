use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::extract::State as Shared;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::body::Sent;
use super::error::{ControlError, json};
use super::instant::Instant;
use crate::clock::{Clock, ClockError, Motion};
use crate::state::State;

/// What to do with the clock: all of it, or, if any of it is impossible, nothing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// Back to real time.
    reset: Option<bool>,
    set: Option<Instant>,
    /// Forward, by seconds.
    advance: Option<f64>,
    /// Whether it shall stand still from now on.
    frozen: Option<bool>,
}

pub(super) async fn show(Shared(state): Shared<Arc<State>>) -> Response {
    shown(&state.clock)
}

pub(super) async fn change(
    Shared(state): Shared<Arc<State>>,
    body: Sent,
) -> Result<Response, ControlError> {
    let wish = body.json::<Wish>(EXAMPLE)?;
    let clock = &state.clock;
    let reset = wish.reset.unwrap_or_default();
    let set = wish.set.map(|instant| instant.0);
    let advance = wish.advance.map(forward).transpose()?.unwrap_or_default();
    check(clock, reset, set, advance)?;
    if reset {
        clock.reset();
    }
    // Before it is set, so that not even a nanosecond passes.
    if wish.frozen == Some(true) {
        clock.freeze();
    }
    if let Some(time) = set {
        clock.set(time).map_err(impossible)?;
    }
    clock.advance(advance);
    if wish.frozen == Some(false) {
        clock.run();
    }
    Ok(shown(clock))
}

/// Refuses a time that the clock cannot show before anything is done, so that a wrong wish changes nothing.
fn check(
    clock: &Clock,
    reset: bool,
    set: Option<SystemTime>,
    advance: Duration,
) -> Result<(), ControlError> {
    let start = set.unwrap_or_else(|| if reset { Clock::default().now() } else { clock.now() });
    Clock::frozen_at(start).map_err(impossible)?;
    let end = start.checked_add(advance).ok_or(ClockError::TooLate).map_err(impossible)?;
    Clock::frozen_at(end).map_err(impossible)?;
    Ok(())
}

fn forward(seconds: f64) -> Result<Duration, ControlError> {
    if seconds < 0.0 {
        let advice = "advance: give seconds from 0 on; to move the clock back, set it";
        return Err(ControlError::bad_request(advice));
    }
    // What is no duration any more is past every year.
    Duration::try_from_secs_f64(seconds).map_err(|_| impossible(ClockError::TooLate))
}

fn impossible(error: ClockError) -> ControlError {
    ControlError::bad_request(error.to_string())
}

fn shown(clock: &Clock) -> Response {
    let now = clock.timestamp();
    json(&json!({
        "now": now.to_string(),
        "epoch": now.as_second(),
        "frozen": clock.motion() == Motion::Frozen,
    }))
}

const EXAMPLE: &str = r#"{"set": "2026-07-13T10:00:00Z", "advance": 60, "frozen": true, "reset": false}, any of them"#;
