use std::sync::Arc;

use axum::extract::{Path, State as Shared};
use axum::response::Response;
use serde_json::json;

use super::error::{ControlError, json};
use crate::state::State;

pub(super) async fn show(
    Shared(state): Shared<Arc<State>>,
    Path(serial): Path<String>,
) -> Result<Response, ControlError> {
    let code =
        state.totp_code(&serial).map_err(|error| ControlError::not_found(error.to_string()))?;
    Ok(json(&json!({ "serial": serial, "code": code })))
}
