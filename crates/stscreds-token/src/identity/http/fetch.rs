use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Uri};
use stscreds_core::{Error, ErrorKind};
use stscreds_transport::{HttpClient, HttpErrorKind, MaxResponseBytes};

use crate::IdentityToken;

/// The body of a successful response to a `GET`.
///
/// Redirects are not followed, since they could lead a secret header astray.
pub(super) async fn fetch(
    http: &dyn HttpClient,
    uri: &Uri,
    headers: &HeaderMap,
    timeout: Duration,
) -> Result<Vec<u8>, Error> {
    let place = shown(uri);
    let mut request = Request::new(Bytes::new());
    *request.uri_mut() = uri.clone();
    *request.headers_mut() = headers.clone();
    request.extensions_mut().insert(MaxResponseBytes(MAX_BODY_BYTES));
    match tokio::time::timeout(timeout, exchange(http, request)).await {
        Ok(outcome) => outcome.map_err(|error| error.with_context(place)),
        Err(_elapsed) => Err(Error::new(
            ErrorKind::TimedOut,
            format!("{place} did not return an identity token within {timeout:?}"),
        )),
    }
}

/// An address without its query, which may hold what must not be seen.
pub(super) fn shown(uri: &Uri) -> String {
    let scheme = uri.scheme_str().unwrap_or_default();
    // Not `authority`, which may hold a password.
    let host = uri.host().unwrap_or_default();
    let port = uri.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{scheme}://{host}{port}{}", uri.path())
}

async fn exchange(http: &dyn HttpClient, request: Request<Bytes>) -> Result<Vec<u8>, Error> {
    let too_long = || {
        let what = format!("the response has more than {MAX_BODY_BYTES} bytes");
        Error::new(ErrorKind::IdentityTokenTooLarge, what)
    };
    let response = http.send(request).await.map_err(|failure| match failure.kind() {
        HttpErrorKind::ResponseTooLarge => too_long(),
        _ if failure.is_unsent() => {
            unreadable("cannot reach the endpoint of the identity token").with_source(failure)
        }
        _ => unreadable("no complete response from the endpoint of the identity token")
            .with_source(failure),
    })?;
    let status = response.status();
    if !status.is_success() {
        let what = format!("the endpoint of the identity token returned HTTP {status}");
        return Err(unreadable(what));
    }
    let body = response.into_body();
    if body.len() > MAX_BODY_BYTES { Err(too_long()) } else { Ok(body.into()) }
}

/// The longest token in bytes, with room for the JSON around it.
const MAX_BODY_BYTES: usize = 4 * IdentityToken::MAX_CHARS + 4096;

fn unreadable(what: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::IdentityTokenUnreadable, what)
}
