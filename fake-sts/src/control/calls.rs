use std::sync::Arc;

use axum::{extract::State as Shared, http::StatusCode, response::Response};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::error::json;
use crate::{journal::Call, state::State};

pub(super) async fn list(Shared(state): Shared<Arc<State>>) -> Response {
    let calls = state.journal.calls();
    json(&json!({
        "total": state.journal.total(),
        "dropped": state.journal.dropped(),
        "calls": calls.iter().map(shown).collect::<Vec<_>>(),
    }))
}

pub(super) async fn clear(Shared(state): Shared<Arc<State>>) -> StatusCode {
    state.journal.clear();
    StatusCode::NO_CONTENT
}

fn shown(call: &Call) -> Value {
    let parameters =
        call.parameters.iter().map(|(name, value)| (name.clone(), value.as_str().into()));
    json!({
        "sequence": call.sequence,
        "at": Timestamp::try_from(call.at).unwrap_or_default().to_string(),
        "took_micros": u64::try_from(call.took.as_micros()).unwrap_or(u64::MAX),
        "operation": call.operation,
        "parameters": parameters.collect::<Map<_, _>>(),
        "subject": call.subject,
        "caller": call.caller,
        "access_key_id": call.access_key_id,
        "source_ip": call.source_ip,
        "user_agent": call.user_agent,
        "status": call.status,
        "outcome": call.outcome,
        "request_id": call.request_id,
        "faults": call.faults,
        "line": call.to_string(),
        "explanation": call.explanation(),
    })
}
