use std::sync::Arc;

use axum::extract::State as Shared;
use axum::http::StatusCode;
use serde::Deserialize;

use super::body::Sent;
use super::error::ControlError;
use crate::RevokeError;
use crate::state::State;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// The ARN of a role whose sessions end.
    role: Option<String>,
    /// The id of a key that is deleted, or of a session that ends.
    access_key: Option<String>,
}

pub(super) async fn revoke(
    Shared(state): Shared<Arc<State>>,
    body: Sent,
) -> Result<StatusCode, ControlError> {
    let revoked = match body.json::<Wish>(EXAMPLE)? {
        Wish { role: Some(role), access_key: None } => state.revoke_role_sessions(&role),
        Wish { role: None, access_key: Some(id) } => state.revoke_access_key(&id),
        _ => return Err(ControlError::bad_request(format!("send one of the two: {EXAMPLE}"))),
    };
    revoked.map_err(|error| match error {
        RevokeError::World(error) => ControlError::bad_request(error.to_string()),
        unknown => ControlError::not_found(unknown.to_string()),
    })?;
    Ok(StatusCode::NO_CONTENT)
}

const EXAMPLE: &str =
    r#"{"role": "arn:aws:iam::111122223333:role/plain"} or {"access_key": "AKIARTX3GSDSQALICE22"}"#;
