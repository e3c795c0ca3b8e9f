use std::sync::Arc;

use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::Sent;
use super::error::{ControlError, json};
use crate::fault::{Fault, FaultId, FaultState};
use crate::spelling::meant;
use crate::state::State;

pub(super) async fn list(Shared(state): Shared<Arc<State>>) -> Response {
    let faults = state.faults.list();
    json(&json!({ "faults": faults.iter().map(shown).collect::<Vec<_>>() }))
}

pub(super) async fn add(
    Shared(state): Shared<Arc<State>>,
    body: Sent,
) -> Result<Response, ControlError> {
    let fault = body.json::<Fault>(&example(&body))?;
    let guard = state.faults.try_inject(fault);
    let id = guard.map_err(|error| ControlError::bad_request(error.to_string()))?.keep();
    Ok((StatusCode::CREATED, json(&json!({ "id": id }))).into_response())
}

pub(super) async fn clear(Shared(state): Shared<Arc<State>>) -> StatusCode {
    state.faults.clear();
    StatusCode::NO_CONTENT
}

pub(super) async fn show(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
) -> Result<Response, ControlError> {
    let fault = state.faults.list().into_iter().find(|fault| fault.id.to_string() == id);
    fault.map(|fault| json(&shown(&fault))).ok_or_else(|| unknown(&id))
}

pub(super) async fn remove(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
) -> Result<StatusCode, ControlError> {
    match id.parse() {
        Ok(number) if state.faults.remove(FaultId::new(number)) => Ok(StatusCode::NO_CONTENT),
        _ => Err(unknown(&id)),
    }
}

fn unknown(id: &str) -> ControlError {
    ControlError::not_found(format!("there is no fault {id}; GET /_fake-sts/faults lists them"))
}

fn shown(fault: &FaultState) -> Value {
    // A fault is names, texts and numbers, all of which JSON can hold.
    serde_json::to_value(fault).unwrap_or(Value::Null)
}

/// A fault with the effect that somebody has in mind.
fn example(body: &Sent) -> String {
    #[derive(Deserialize)]
    struct Wish {
        effect: Value,
    }
    let named = body.json::<Wish>("").ok().and_then(|wish| match wish.effect {
        Value::String(name) => Some(name),
        Value::Object(members) => members.into_iter().next().map(|(name, _)| name),
        _ => None,
    });
    let meant = named.and_then(|name| meant(&name, EFFECTS.map(|(name, _)| name)));
    let effect = EFFECTS.iter().find(|(name, _)| Some(*name) == meant).unwrap_or(&EFFECTS[0]).1;
    format!(r#"{{"effect": {effect}, "on": ["AssumeRole"], "times": 2}}"#)
}

/// Effects by their names, and by those that the library has for some of them.
const EFFECTS: [(&str, &str); 15] = [
    ("error", r#"{"error": {"code": "Throttling"}}"#),
    ("throttle", r#"{"throttle": {"per_second": 5, "burst": 10}}"#),
    ("answer", r#"{"answer": {"status": 503}}"#),
    ("page", r#"{"answer": {"status": 503}}"#),
    ("delay", r#"{"delay": {"by": 1.5}}"#),
    ("hang", r#""hang""#),
    ("disconnect", r#"{"disconnect": {"how": "reset", "at": "before-answer"}}"#),
    ("reset", r#"{"disconnect": {"how": "reset", "at": "before-answer"}}"#),
    ("truncated", r#"{"disconnect": {"how": "close", "at": "mid-answer"}}"#),
    ("malformed", r#""malformed""#),
    ("content_length", r#"{"content_length": {"off_by": 10}}"#),
    ("date", r#"{"date": {"off_by": -3600}}"#),
    ("missing_member", r#"{"missing_member": "SessionToken"}"#),
    ("expired_credentials", r#"{"expired_credentials": {"ago": 1}}"#),
    ("unreachable-issuer", r#""unreachable-issuer""#),
];
