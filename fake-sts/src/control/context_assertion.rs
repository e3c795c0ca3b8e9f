use std::sync::Arc;

use axum::extract::State as Shared;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::body::Sent;
use super::error::{ControlError, json};
use super::whole_seconds::WholeSeconds;
use crate::action::ContextAssertion;
use crate::state::State;

/// The assertion that is wanted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    provider: String,
    subject: String,
    subject_type: Option<String>,
    issuer: Option<String>,
    expires_in: Option<WholeSeconds>,
}

pub(super) async fn make(
    Shared(state): Shared<Arc<State>>,
    body: Sent,
) -> Result<Response, ControlError> {
    let wanted = body.json::<Wanted>(EXAMPLE)?;
    let now = state.clock.timestamp();
    let mut assertion = ContextAssertion::new(wanted.provider, wanted.subject, now);
    assertion.origin.subject_type = wanted.subject_type;
    if let Some(issuer) = wanted.issuer {
        assertion.origin.issuer = issuer;
    }
    if let Some(WholeSeconds(seconds)) = wanted.expires_in {
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        assertion.expires = now.as_second().saturating_add(seconds);
    }
    Ok(json(&json!({ "assertion": assertion.close(&state.seal) })))
}

const EXAMPLE: &str =
    r#"{"provider": "arn:aws:iam::aws:contextProvider/IdentityCenter", "subject": "me"}"#;
