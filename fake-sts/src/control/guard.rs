use std::sync::Arc;

use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use super::error::ControlError;
use crate::state::State;

pub(super) async fn check(
    Shared(state): Shared<Arc<State>>,
    request: Request,
    next: Next,
) -> Result<Response, ControlError> {
    match &state.control_token {
        Some(token) if !bearer(request.headers()).is_some_and(|given| token.is(given)) => {
            Err(ControlError::unauthorized())
        }
        _ => Ok(next.run(request).await),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
