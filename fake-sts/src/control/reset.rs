use std::sync::Arc;

use axum::extract::State as Shared;
use axum::http::StatusCode;
use serde::Deserialize;

use super::body::Sent;
use super::error::ControlError;
use crate::reset::Scope;
use crate::state::State;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// What; all of it if left out.
    only: Option<Vec<Scope>>,
}

pub(super) async fn reset(
    Shared(state): Shared<Arc<State>>,
    body: Sent,
) -> Result<StatusCode, ControlError> {
    let wish = body.optional_json::<Wish>(EXAMPLE)?;
    state.reset(wish.only.as_deref().unwrap_or(&Scope::ALL));
    Ok(StatusCode::NO_CONTENT)
}

const EXAMPLE: &str = r#"{"only": ["world", "clock", "faults", "journal", "spent-codes"]}, any of them, or nothing for all"#;
