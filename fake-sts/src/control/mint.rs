use std::sync::Arc;
use std::time::Duration;

use axum::extract::State as Shared;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::body::Sent;
use super::error::{ControlError, json};
use super::whole_seconds::WholeSeconds;
use crate::oidc::{Broken, Issuer};
use crate::state::State;

/// The token that is wanted. What is left out is as in a good token.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Wish {
    /// The issuer URL; the built-in one by default.
    issuer: Option<String>,
    subject: Option<String>,
    audience: Option<Audience>,
    expires_in: Option<WholeSeconds>,
    /// What is wrong with it; nothing if left out.
    broken: Option<String>,
    /// Further claims, which replace those of the same name.
    claims: Option<Map<String, Value>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a string or a list of strings")]
enum Audience {
    One(String),
    Several(Vec<String>),
}

pub(super) async fn mint(
    Shared(state): Shared<Arc<State>>,
    body: Sent,
) -> Result<Response, ControlError> {
    let wish = body.optional_json::<Wish>(EXAMPLE)?;
    let issuer = wish.issuer.map_or_else(|| state.issuer.clone(), Issuer::new);
    let mut builder = issuer.token_at(state.clock.now());
    if let Some(subject) = wish.subject {
        builder = builder.subject(subject);
    }
    if let Some(audience) = wish.audience {
        builder = match audience {
            Audience::One(audience) => builder.audience(audience),
            Audience::Several(audiences) => builder.audiences(audiences),
        };
    }
    if let Some(WholeSeconds(seconds)) = wish.expires_in {
        builder = builder.expires_in(Duration::from_secs(seconds));
    }
    for (name, value) in wish.claims.unwrap_or_default() {
        builder = builder.claim(name, value);
    }
    if let Some(name) = wish.broken {
        let broken = Broken::named(&name)
            .map_err(|error| ControlError::bad_request(format!("broken: {error}")))?;
        builder = builder.broken(broken);
    }
    let token = builder.try_mint().map_err(|error| ControlError::bad_request(error.to_string()))?;
    Ok(json(&json!({ "token": token })))
}

const EXAMPLE: &str = r#"{"subject": "me", "audience": "sts.amazonaws.com", "expires_in": 3600, "claims": {}, "broken": "expired"}, any of them"#;
