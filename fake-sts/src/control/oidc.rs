use std::sync::Arc;

use axum::extract::State as Shared;
use axum::http::{HeaderMap, header};
use axum::response::Response;

use super::error::json;
use crate::oidc::KeySet;
use crate::state::State;

/// The discovery document of the built-in issuer, for verifiers outside of this process.
pub(super) async fn discovery(Shared(state): Shared<Arc<State>>, headers: HeaderMap) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    json(&state.issuer.discovery(&format!("http://{host}/_fake-sts/oidc/.well-known/jwks.json")))
}

pub(super) async fn jwks() -> Response {
    json(&KeySet::built_in().to_value())
}
