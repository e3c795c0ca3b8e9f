use std::sync::Arc;

use axum::{
    extract::{Path, State as Shared},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

use super::{
    body::Sent,
    error::{ControlError, json},
};
use crate::{
    fault::{Fault, FaultId, FaultState},
    state::State,
};

pub(super) async fn list(Shared(state): Shared<Arc<State>>) -> Response {
    let faults = state.faults.list();
    json(&json!({ "faults": faults.iter().map(shown).collect::<Vec<_>>() }))
}

pub(super) async fn add(
    Shared(state): Shared<Arc<State>>,
    body: Sent,
) -> Result<Response, ControlError> {
    let fault = body.json::<Fault>(EXAMPLE)?;
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

const EXAMPLE: &str =
    r#"{"effect": {"error": {"code": "Throttling"}}, "on": ["AssumeRole"], "times": 2}"#;
