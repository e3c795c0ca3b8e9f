use std::borrow::Cow;

use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, header};

use super::endpoint::{self, DEFAULT_REGION, Named};
use super::outcome;
use super::reply::{Identity, Reply};
use crate::auth::{Incoming, SignatureMismatch};
use crate::wire::{Form, Refusal};

/// What becomes of a request before any operation is looked at.
pub(super) enum Gate<'a> {
    /// It is answered here.
    Reply(Reply),
    /// It names an action.
    Call(Arrival<'a>),
}

/// A request that names an action.
pub(super) struct Arrival<'a> {
    pub(super) incoming: Incoming<'a>,
    pub(super) form: Form<'a>,
    pub(super) endpoint: Named,
    pub(super) format: Format,
}

/// In which form the answer is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Xml,
    Json,
}

/// What the front end takes of request line and headers together, in bytes.
const HEAD_LIMIT: usize = 16 * 1024;

/// Answers what never reaches an operation, in the order of the real front end.
pub(super) fn pass<'a>(parts: &'a Parts, body: &'a [u8]) -> Gate<'a> {
    let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
    if !has_valid_escapes(path) || head_size(parts) > HEAD_LIMIT {
        return Gate::Reply(Reply::empty(400));
    }
    if let Some(reply) = preflight(parts) {
        return Gate::Reply(reply);
    }
    let endpoint = endpoint::named(&parts.headers);
    let identity = || {
        let region = endpoint.region.as_deref().unwrap_or(DEFAULT_REGION);
        Identity::new(region, endpoint.endpoint)
    };
    let format = format(&parts.headers);
    let refused =
        |refusal: &Refusal| Gate::Reply(outcome::refused_reply(refusal, format, identity()));
    let form_body = if is_form(&parts.headers) { body } else { b"" };
    let form = Form::parse(query.as_bytes(), form_body);
    let names_action = match &form {
        Ok(form) => names_action(form),
        Err(_) => names_action(&Form::leniently(query.as_bytes(), form_body)),
    };
    if path != "/" {
        // STS lives at the root. A query call to another path fails by its signature.
        return if names_action {
            refused(&SignatureMismatch.into())
        } else {
            Gate::Reply(unknown(identity()))
        };
    }
    if !names_action {
        let kept = if parts.method == Method::POST { "" } else { query };
        return Gate::Reply(Reply::redirect(identity(), kept));
    }
    let form = match form {
        Ok(form) => form,
        Err(fault) => return refused(&fault.into()),
    };
    let incoming =
        Incoming { method: parts.method.as_str(), path, query, headers: &parts.headers, body };
    Gate::Call(Arrival { incoming, form, endpoint, format })
}

fn has_valid_escapes(path: &str) -> bool {
    let mut rest = path.as_bytes();
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        match rest.get(at + 1..at + 3) {
            Some(digits) if digits.iter().all(u8::is_ascii_hexdigit) => rest = &rest[at + 3..],
            _ => return false,
        }
    }
    true
}

fn head_size(parts: &Parts) -> usize {
    let line = parts.uri.path_and_query().map_or(0, |target| target.as_str().len());
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    line + headers.sum::<usize>()
}

/// Answers a browser that asks whether it may call from another origin.
fn preflight(parts: &Parts) -> Option<Reply> {
    let method = parts.headers.get(header::ACCESS_CONTROL_REQUEST_METHOD)?;
    if parts.method != Method::OPTIONS || !parts.headers.contains_key(header::ORIGIN) {
        return None;
    }
    let reply = Reply::empty(200)
        .with_header(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"))
        .with_header(header::ACCESS_CONTROL_ALLOW_METHODS, method.clone())
        .with_header(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("172800"));
    Some(match parts.headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        Some(headers) => reply.with_header(header::ACCESS_CONTROL_ALLOW_HEADERS, headers.clone()),
        None => reply,
    })
}

fn names_action(form: &Form<'_>) -> bool {
    form.first("Action").is_some()
}

fn unknown(identity: Identity) -> Reply {
    Reply::of_sts(404, identity, "<UnknownOperationException/>\n".to_owned(), "text/xml")
}

/// A body without this content type is no form, however much it looks like one.
fn is_form(headers: &HeaderMap) -> bool {
    let content_type = text(headers, &header::CONTENT_TYPE);
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

fn format(headers: &HeaderMap) -> Format {
    let accepted = text(headers, &header::ACCEPT);
    let json = |range: &str| {
        let media_type = range.split(';').next().unwrap_or_default().trim();
        media_type.eq_ignore_ascii_case("application/json")
    };
    if accepted.split(',').any(json) { Format::Json } else { Format::Xml }
}

fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Cow<'a, str> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes())).unwrap_or_default()
}
