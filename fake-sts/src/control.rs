//! The side door: what a test wants to know of and tell a fake, over HTTP.
//!
//! All of it below `/_fake-sts/`, a path that the real service answers with 404. JSON in and out; an error is `{"error": ".."}`.

mod calls;
mod clock;
mod error;
mod mint;
mod oidc;
mod state;
mod totp;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};

use self::error::ControlError;
use crate::state::State;

pub(crate) fn router() -> Router<Arc<State>> {
    Router::new()
        .route("/health", get(ok))
        .route("/ready", get(ok))
        .route("/state", get(state::show).put(state::replace))
        .route("/clock", get(clock::show).put(clock::change))
        .route("/calls", get(calls::list).delete(calls::clear))
        .route("/totp/{*serial}", get(totp::show))
        .route("/mint", post(mint::mint))
        .route("/oidc/.well-known/openid-configuration", get(oidc::discovery))
        .route("/oidc/.well-known/jwks.json", get(oidc::jwks))
        .fallback(unknown)
}

async fn ok() -> &'static str {
    "ok\n"
}

async fn unknown() -> ControlError {
    ControlError::not_found(
        "there is nothing here; see /_fake-sts/health, ready, state, clock, calls, totp/<serial>, mint",
    )
}
