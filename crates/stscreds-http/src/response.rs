//! What STS answers, read: pure functions of status, headers and body.

mod member;
mod session;
mod shape;

use http::{HeaderMap, Response};
use roxmltree::{Document, Node, ParsingOptions};
use stscreds_core::{Error, ErrorKind, Timestamp};
use stscreds_provider::StsFault;

pub(crate) use self::member::{child, text};
pub(crate) use self::session::{caller_identity, outbound_token, scoped_session, session};
use self::shape::Shape;

/// Why a response is not a result.
#[derive(Debug)]
pub(crate) enum Rejection {
    /// STS answered with an error.
    Fault(StsFault),
    /// Something answered, but not as STS does.
    Foreign(Error),
}

/// Reads the result of an operation: the element `<{operation}Result>`, by `read`.
///
/// The body is not repeated in an error: half a response may hold a whole secret.
pub(crate) fn result<T>(
    operation: &str,
    response: &Response<impl AsRef<[u8]>>,
    read: impl FnOnce(Node<'_, '_>) -> Result<T, Error>,
) -> Result<T, Rejection> {
    let status = response.status().as_u16();
    let body = response.body().as_ref();
    let unexpected = |shape: Shape| Rejection::Foreign(unexpected(operation, response, shape));
    let Some(text) = std::str::from_utf8(body).ok().filter(|text| is_xml(text)) else {
        return Err(unexpected(Shape::of(body)));
    };
    // Of elements and attributes; the longest response of STS has a few dozen.
    let options = ParsingOptions { nodes_limit: 10_000, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options);
    let document = document.map_err(|_error| unexpected(Shape::of(body).or_truncated()))?;
    let root = document.root_element();
    if let Some(fault) = fault(root, status, response.headers()) {
        let is_known =
            root.tag_name().name() == "ErrorResponse" || fault.kind() != ErrorKind::Other;
        return Err(if is_known { Rejection::Fault(fault) } else { unexpected(Shape::S3) });
    }
    let name = |prefix: &str| format!("{operation}{prefix}");
    let found = (root.tag_name().name() == name("Response"))
        .then(|| child(root, &name("Result")))
        .flatten();
    match found {
        Some(result) if response.status().is_success() => read(result).map_err(Rejection::Foreign),
        _ => Err(unexpected(Shape::Xml)),
    }
}

/// When the server wrote the response, by its own clock.
pub(crate) fn date(headers: &HeaderMap) -> Option<Timestamp> {
    let date = headers.get(http::header::DATE)?.to_str().ok()?;
    httpdate::parse_http_date(date).ok().map(Timestamp::from)
}

/// The error of an `<ErrorResponse>`, or of an `<Error>` as S3 writes it: S3-compatible
/// stores answer so when they are asked as STS.
fn fault(root: Node<'_, '_>, status: u16, headers: &HeaderMap) -> Option<StsFault> {
    let error = match root.tag_name().name() {
        "ErrorResponse" => child(root, "Error")?,
        "Error" => root,
        _ => return None,
    };
    let mut fault = StsFault::new(text(error, "Code")?);
    fault.message = text(error, "Message");
    fault.request_id = text(root, "RequestId").or_else(|| request_id(headers));
    fault.http_status = Some(status);
    Some(fault)
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    headers.get("x-amzn-requestid")?.to_str().ok().map(str::to_owned)
}

fn is_xml(text: &str) -> bool {
    text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).starts_with('<')
}

/// A response that is not one of STS.
fn unexpected<B>(operation: &str, response: &Response<B>, shape: Shape) -> Error {
    let status = response.status();
    let kind = match status.as_u16() {
        429 => ErrorKind::Throttled,
        500.. => ErrorKind::ServiceUnavailable,
        _ => ErrorKind::MalformedResponse,
    };
    let mut what =
        format!("unexpected response to {operation} (HTTP {}): {shape}", status.as_u16());
    if status.is_redirection() {
        what.push_str(", a redirect, which is not followed");
    } else {
        what.push_str(", this does not look like STS");
    }
    Error::new(kind, what)
}
