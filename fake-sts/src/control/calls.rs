mod query;

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{RawQuery, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use self::query::{Format, Query};
use super::error::{ControlError, json};
use crate::closing::Closing;
use crate::journal::{Call, ImpossibleFilter, WaitError, records};
use crate::state::State;
use crate::wire::{self, Answer};

pub(super) async fn list(
    Shared(state): Shared<Arc<State>>,
    RawQuery(query): RawQuery,
    closing: Closing,
) -> Result<Response, ControlError> {
    let Query { filter, wait, timeout, format } = query.unwrap_or_default().parse()?;
    match wait {
        None => {
            let calls = state.journal.matching(filter).map_err(|error| impossible(&error))?;
            Ok(shown(&state, format, &calls))
        }
        Some(wanted) => {
            let waiting = state.journal.wait_for_within(filter.clone(), wanted, timeout);
            let calls = closing.unless(waiting).await;
            let calls = calls.ok_or_else(|| ControlError::timeout(CLOSING))?;
            let first = calls.map_err(|error| match error {
                WaitError::Impossible(error) => impossible(&error),
                WaitError::TimedOut(unmet) => ControlError::timeout(unmet.to_string()),
            })?;
            let all = state.journal.matching(filter).map_err(|error| impossible(&error))?;
            // The journal may have dropped some of them already.
            if all.len() < first.len() {
                return Ok(shown(&state, format, &first.iter().collect::<Vec<_>>()));
            }
            Ok(shown(&state, format, &all))
        }
    }
}

pub(super) async fn clear(Shared(state): Shared<Arc<State>>) -> StatusCode {
    state.journal.clear();
    StatusCode::NO_CONTENT
}

const CLOSING: &str = "the fake is about to stop; the calls did not come before";

fn impossible(error: &ImpossibleFilter) -> ControlError {
    ControlError::bad_request(error.to_string())
}

fn shown(state: &State, format: Format, calls: &[impl Deref<Target = Call>]) -> Response {
    let calls = calls.iter().map(|call| &**call);
    match format {
        Format::CloudTrail => json(&records(calls)),
        Format::Json => json(&json!({
            "total": state.journal.total(),
            "dropped": state.journal.dropped(),
            "calls": calls.map(call).collect::<Vec<_>>(),
        })),
    }
}

fn call(call: &Call) -> Value {
    let parameters =
        call.parameters.iter().map(|(name, value)| (name.clone(), value.as_str().into()));
    let judgements = call.judgements.iter().map(|judgement| {
        json!({
            "action": judgement.action,
            "allowed": judgement.decision.is_allowed(),
            "explanation": judgement.decision.to_string(),
        })
    });
    json!({
        "sequence": call.sequence,
        "at": time(call.at),
        "received": time(call.received),
        "took_micros": u64::try_from(call.took.as_micros()).unwrap_or(u64::MAX),
        "operation": call.operation,
        "parameters": parameters.collect::<Map<_, _>>(),
        "subject": call.subject,
        "caller": call.caller,
        "access_key_id": call.access_key_id,
        "source_ip": call.source_ip,
        "user_agent": call.user_agent,
        "region": call.region,
        "status": call.status,
        "outcome": call.outcome,
        "answer": call.answer.as_ref().map(structure),
        "judgements": judgements.collect::<Vec<_>>(),
        "request_id": call.request_id,
        "faults": call.faults,
        "line": call.to_string(),
        "explanation": call.explanation(),
    })
}

fn time(time: std::time::SystemTime) -> String {
    Timestamp::try_from(time).unwrap_or_default().to_string()
}

fn structure(answer: &Answer) -> Value {
    let member = |value: &wire::Value| match value {
        wire::Value::Text(text) => text.as_str().into(),
        wire::Value::Number(number) => (*number).into(),
        wire::Value::Time(time) | wire::Value::PreciseTime(time) => time.to_string().into(),
        wire::Value::Structure(inner) => structure(inner),
        wire::Value::Map(entries) => {
            let entries = entries.iter().map(|(key, text)| (key.clone(), text.as_str().into()));
            entries.collect::<Map<_, _>>().into()
        }
    };
    let members = answer.members().iter().map(|(name, value)| ((*name).to_owned(), member(value)));
    members.collect::<Map<_, _>>().into()
}
