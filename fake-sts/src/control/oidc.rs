use std::sync::Arc;

use axum::Extension;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, Uri, header};
use axum::response::Response;

use super::error::json;
use crate::oidc::KeySet;
use crate::peer::Peer;
use crate::state::State;

/// The discovery document of the built-in issuer, for verifiers outside of this process.
pub(super) async fn discovery(
    Shared(state): Shared<Arc<State>>,
    peer: Option<Extension<Peer>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let scheme =
        scheme(text("x-forwarded-proto"), peer.is_some_and(|peer| peer.tls.is_some()), &uri);
    let authority = uri.authority().map(http::uri::Authority::as_str);
    let host = text(header::HOST.as_str()).or(authority).unwrap_or("localhost");
    json(
        &state.issuer.discovery(&format!("{scheme}://{host}/_fake-sts/oidc/.well-known/jwks.json")),
    )
}

/// The scheme by which the client reached this fake: a proxy that ends TLS tells it by a header.
fn scheme(forwarded: Option<&str>, is_tls: bool, uri: &Uri) -> &'static str {
    let forwarded = forwarded.and_then(|list| list.split(',').next()).map(str::trim);
    match forwarded.or(if is_tls { Some("https") } else { uri.scheme_str() }) {
        Some(scheme) if scheme.eq_ignore_ascii_case("https") => "https",
        _ => "http",
    }
}

pub(super) async fn jwks() -> Response {
    json(&KeySet::built_in().to_value())
}
