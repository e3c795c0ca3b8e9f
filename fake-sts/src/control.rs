//! The side door: what a test wants to know of and tell a fake, over HTTP.
//!
//! All of it below `/_fake-sts/`, a path that the real service answers with 404. JSON in and out; an error is `{"error": ".."}`. The routes are one
//! table, [`routes`]; `openapi.json` describes the same ones, and a test holds the two together.

#[cfg(feature = "saml")]
mod assertion;
mod body;
mod calls;
mod clock;
mod context_assertion;
mod error;
mod faults;
mod guard;
mod instant;
mod mint;
mod oidc;
mod outage;
mod reset;
mod revoke;
mod route;
mod state;
mod totp;
mod whole_seconds;

use std::sync::Arc;

use axum::http::{Method, header};
use axum::response::IntoResponse;
use axum::{Router, middleware};

use self::error::ControlError;
use self::route::{Access, Route};
use crate::state::State;

/// Every route there is.
fn routes() -> Vec<Route> {
    vec![
        Route::get("/health", ok).open(),
        Route::get("/ready", ok).open(),
        Route::get("/openapi.json", description),
        Route::get("/state", state::show),
        Route::put("/state", state::replace),
        Route::patch("/state", state::patch),
        Route::post("/reset", reset::reset),
        Route::post("/revoke", revoke::revoke),
        Route::get("/clock", clock::show),
        Route::put("/clock", clock::change),
        Route::get("/calls", calls::list),
        Route::delete("/calls", calls::clear),
        Route::get("/faults", faults::list),
        Route::post("/faults", faults::add),
        Route::delete("/faults", faults::clear),
        Route::get("/faults/{id}", faults::show),
        Route::delete("/faults/{id}", faults::remove),
        Route::post("/outage", outage::begin),
        Route::get("/totp/{*serial}", totp::show),
        Route::post("/mint", mint::mint),
        Route::post("/saml/assertion", assertion::mint),
        Route::post("/context-assertion", context_assertion::make),
        Route::get("/oidc/.well-known/openid-configuration", oidc::discovery).open(),
        Route::get("/oidc/.well-known/jwks.json", oidc::jwks).open(),
    ]
}

pub(crate) fn router(state: &Arc<State>) -> Router<Arc<State>> {
    let mut router = Router::new();
    for Route { path, access, handler, .. } in routes() {
        let handler = match access {
            Access::Open => handler,
            Access::Token => {
                handler.route_layer(middleware::from_fn_with_state(Arc::clone(state), guard::check))
            }
        };
        router = router.route(path, handler);
    }
    router.fallback(unknown).method_not_allowed_fallback(wrong_method).layer(body::limit())
}

/// What a build without SAML says.
#[cfg(not(feature = "saml"))]
mod assertion {
    use super::ControlError;

    pub(super) async fn mint() -> ControlError {
        ControlError::not_found("this fake was built without SAML; build it with the feature saml")
    }
}

async fn ok() -> &'static str {
    "ok\n"
}

/// The description of all of this, in [OpenAPI 3.1](https://spec.openapis.org/oas/v3.1.0).
async fn description() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], DESCRIPTION)
}

const DESCRIPTION: &str = include_str!("../openapi.json");

pub(crate) async fn unknown() -> impl IntoResponse {
    let mut paths = routes().iter().map(|route| route.path.replace("{*", "{")).collect::<Vec<_>>();
    paths.dedup();
    ControlError::not_found(format!(
        "there is nothing here; below /_fake-sts there are {}",
        paths.join(", ")
    ))
}

/// The header `Allow` is added by the router.
async fn wrong_method(method: Method) -> ControlError {
    ControlError::method_not_allowed(format!("{method} does not work here; see the header Allow"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::Value;

    use super::*;

    #[test]
    fn no_route_is_there_twice() {
        let mut seen = HashSet::new();
        for route in routes() {
            assert!(seen.insert((route.path, route.method)), "{}", route.path);
        }
    }

    #[test]
    fn the_description_has_every_route_and_no_other() {
        let description = serde_json::from_str::<Value>(DESCRIPTION).unwrap();
        let mut described = HashSet::new();
        for (path, methods) in description["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let open = operation["security"].as_array().is_some_and(Vec::is_empty);
                described.insert((path.clone(), method.to_uppercase(), open));
            }
        }

        let there_are = routes().into_iter().map(|route| {
            let path = route.path.replace("{*", "{");
            (path, route.method.to_string(), route.access == Access::Open)
        });
        assert_eq!(there_are.collect::<HashSet<_>>(), described);
    }
}
