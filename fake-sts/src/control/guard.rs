//! Who may use the control API: bearers of the token if there is one, and in no case the pages of a browser.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::HttpBody as _;
use axum::extract::{Request, State as Shared};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, header};
use axum::middleware::Next;
use axum::response::Response;

use super::error::ControlError;
use crate::peer::Peer;
use crate::state::State;

pub(super) async fn check(
    Shared(state): Shared<Arc<State>>,
    request: Request,
    next: Next,
) -> Result<Response, ControlError> {
    check_origin(&request)?;
    match &state.control_token {
        Some(token) => {
            if !bearer(request.headers()).is_some_and(|given| token.is(given)) {
                return Err(ControlError::unauthorized());
            }
        }
        None => check_host(&request)?,
    }
    check_media_type(&request)?;
    Ok(next.run(request).await)
}

/// Browsers say which page a request comes from. Only pages that this fake served itself may use it, and it serves none with scripts.
fn check_origin(request: &Request) -> Result<(), ControlError> {
    let headers = request.headers();
    let is_own = |origin: &str| {
        let host = text(headers, &header::HOST).unwrap_or_default();
        origin.split_once("://").is_some_and(|(_, authority)| {
            !authority.is_empty() && authority.eq_ignore_ascii_case(host)
        })
    };
    if let Some(origin) = headers.get(header::ORIGIN)
        && !origin.to_str().is_ok_and(is_own)
    {
        return Err(ControlError::forbidden(
            "the control API refuses requests of web pages; call it from a test or with curl, without the header Origin",
        ));
    }
    match text(headers, &SEC_FETCH_SITE) {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) => Err(ControlError::forbidden(
            "the control API refuses requests that another web site makes",
        )),
    }
}

/// A page can have a name of its own resolve to this machine (DNS rebinding), but only without TLS, and only under that name.
fn check_host(request: &Request) -> Result<(), ControlError> {
    let is_exposed = request
        .extensions()
        .get::<Peer>()
        .is_some_and(|peer| peer.tls.is_none() && peer.address.ip().to_canonical().is_loopback());
    match text(request.headers(), &header::HOST) {
        Some(host) if is_exposed && !is_this_machine(host) => {
            Err(ControlError::forbidden(format!(
                "on a loopback address the control API is at localhost or an IP address, not at {}; use one of these, or start the fake with a control token",
                host.escape_debug()
            )))
        }
        _ => Ok(()),
    }
}

fn is_this_machine(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    // A colon would be taken for the beginning of a port.
    let name = authority.host().trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
    // All names below localhost are this machine (RFC 6761).
    name == "localhost" || name.ends_with(".localhost") || name.parse::<IpAddr>().is_ok()
}

/// A page can send a form or a text anywhere without being asked for permission first, but not JSON.
fn check_media_type(request: &Request) -> Result<(), ControlError> {
    let given = text(request.headers(), &header::CONTENT_TYPE).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    let is_json = JSON.iter().any(|json| essence.eq_ignore_ascii_case(json));
    if is_json || request.body().is_end_stream() {
        return Ok(());
    }
    Err(ControlError::unsupported_media_type(
        "the body must be JSON; send it with the header Content-Type: application/json (with curl: --json)",
    ))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = text(headers, &header::AUTHORIZATION)?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// What browsers say about the page that makes a request, also of those that have no `Origin`.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The second is what [RFC 7396](https://www.rfc-editor.org/rfc/rfc7396) calls the patch of a state.
const JSON: [&str; 2] = ["application/json", "application/merge-patch+json"];
