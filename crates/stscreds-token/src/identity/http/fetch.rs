use std::error::Error as StdError;
use std::io;
use std::iter::successors;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode, Uri};
use stscreds_core::{Error, ErrorKind};
use stscreds_transport::{HttpClient, HttpError, HttpErrorKind, MaxResponseBytes};
use tokio::time::Instant;

use crate::IdentityToken;

/// The body of a successful response to a `GET`.
///
/// Redirects are not followed, since they could send a secret header elsewhere. An outage is
/// retried until the timeout, and any other failure is final.
pub(super) async fn fetch(
    http: &dyn HttpClient,
    uri: &Uri,
    headers: &HeaderMap,
    timeout: Duration,
) -> Result<Vec<u8>, Error> {
    let place = shown(uri);
    let began = Instant::now();
    let mut pause = FIRST_PAUSE;
    let mut answered = None;
    loop {
        let left = timeout.saturating_sub(began.elapsed());
        // So that one lost connection leaves time for another.
        let attempt = left.min(timeout.mul_f64(LONGEST_ATTEMPT));
        match tokio::time::timeout(attempt, exchange(http, request(uri, headers))).await {
            Ok(Ok(body)) => return Ok(body),
            Ok(Err(Failed::ForGood(error))) => return Err(error.with_context(place)),
            Ok(Err(Failed::ForNow(error))) => answered = Some(error.with_context(&place)),
            Err(_elapsed) => {}
        }
        if began.elapsed() + pause >= timeout {
            // What an earlier attempt saw says more than that the last one ran out of time.
            return Err(answered.unwrap_or_else(|| {
                let what = format!("{place} did not return an identity token within {timeout:?}");
                Error::new(ErrorKind::TimedOut, what)
            }));
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Between attempts, doubling: an endpoint that restarts is back within seconds. Not jittered,
/// since a cache in front makes one such request per process and expiry.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// The share of the timeout after which an attempt without a response is given up.
const LONGEST_ATTEMPT: f64 = 0.5;

/// Why an attempt yielded nothing.
enum Failed {
    ForNow(Error),
    ForGood(Error),
}

fn request(uri: &Uri, headers: &HeaderMap) -> Request<Bytes> {
    let mut request = Request::new(Bytes::new());
    *request.uri_mut() = uri.clone();
    *request.headers_mut() = headers.clone();
    request.extensions_mut().insert(MaxResponseBytes(MAX_BODY_BYTES));
    request
}

/// An address without its query, which may hold what must not be seen.
pub(super) fn shown(uri: &Uri) -> String {
    let scheme = uri.scheme_str().unwrap_or_default();
    // Not `authority`, which may hold a password.
    let host = uri.host().unwrap_or_default();
    let port = uri.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{scheme}://{host}{port}{}", uri.path())
}

async fn exchange(http: &dyn HttpClient, request: Request<Bytes>) -> Result<Vec<u8>, Failed> {
    let too_long = || {
        let what = format!("the response has more than {MAX_BODY_BYTES} bytes");
        Failed::ForGood(Error::new(ErrorKind::IdentityTokenTooLarge, what))
    };
    let response = http.send(request).await.map_err(|failure| match failure.kind() {
        HttpErrorKind::ResponseTooLarge => too_long(),
        _ => unanswered(failure),
    })?;
    let status = response.status();
    if !status.is_success() {
        let what = format!("the endpoint of the identity token returned HTTP {status}");
        return Err(match status {
            StatusCode::TOO_MANY_REQUESTS => Failed::ForNow(unreadable(what)),
            status if status.is_server_error() => Failed::ForNow(unreadable(what)),
            _ => Failed::ForGood(unreadable(what)),
        });
    }
    let body = response.into_body();
    if body.len() > MAX_BODY_BYTES { Err(too_long()) } else { Ok(body.into()) }
}

fn unanswered(failure: HttpError) -> Failed {
    let what = match failure.is_unsent() {
        true => "cannot reach the endpoint of the identity token",
        false => "no complete response from the endpoint of the identity token",
    };
    let is_transient = match failure.kind() {
        HttpErrorKind::Connect => !is_refused_certificate(&failure),
        HttpErrorKind::ConnectTimedOut | HttpErrorKind::Broken => true,
        _ => false,
    };
    let error = unreadable(what).with_source(failure);
    if is_transient { Failed::ForNow(error) } else { Failed::ForGood(error) }
}

/// rustls puts its refusals into invalid data.
fn is_refused_certificate(error: &(dyn StdError + 'static)) -> bool {
    successors(Some(error), |error| (*error).source()).any(|error| {
        let error = error.downcast_ref::<io::Error>();
        error.is_some_and(|error| error.kind() == io::ErrorKind::InvalidData)
    })
}

/// The longest token in bytes, with room for the JSON around it.
const MAX_BODY_BYTES: usize = 4 * IdentityToken::MAX_CHARS + 4096;

fn unreadable(what: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::IdentityTokenUnreadable, what)
}
