use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT};
use http::uri::Authority;
use http::{Method, Request, Response};
use stscreds_core::{Credentials, Error, ErrorKind, Timestamp};
use stscreds_transport::{MaxResponseBytes, NewConnection};
use tokio::time::Instant;

use super::call::{Call, Spends};
use super::failure::Failure;
use super::{StsHttpClient, Timeouts};
use crate::form::wipe;
use crate::sigv4::{Scope, Unsigned, authorization};

impl StsHttpClient {
    /// Sends a call once.
    pub(super) async fn send(
        &self,
        call: &Call,
        credentials: Option<&Credentials>,
        at: Timestamp,
        deadline: Instant,
    ) -> Result<Response<Bytes>, Failure> {
        let Timeouts { attempt, total } = self.0.timeouts;
        let until = deadline.min(Instant::now() + attempt);
        let body = call.form.body();
        // Wiped when the request is over, also if its future is dropped.
        let _kept = Wiped(Some(body.clone()));
        let request = self.request(call, credentials, at, body).map_err(Failure::never)?;
        let sent = tokio::time::timeout_at(until, self.0.http.send(request)).await;
        let response = match sent {
            Ok(Ok(response)) => response,
            Ok(Err(failure)) => return Err(Failure::of_http(call.operation, failure)),
            Err(_elapsed) => {
                let limit = match until < deadline {
                    true => format!("within {attempt:?}"),
                    false => format!("within {total:?} in all"),
                };
                let what = format!("no response from STS to {} {limit}", call.operation);
                return Err(Failure::timed_out(Error::new(ErrorKind::TimedOut, what)));
            }
        };
        // Also of an HTTP client that did not keep to the limit.
        if response.body().len() > MaxResponseBytes::DEFAULT.0 {
            let what = format!("the response to {} is too long to be one of STS", call.operation);
            return Err(Failure::never(Error::new(ErrorKind::MalformedResponse, what)));
        }
        Ok(response)
    }

    fn request(
        &self,
        call: &Call,
        credentials: Option<&Credentials>,
        at: Timestamp,
        body: Bytes,
    ) -> Result<Request<Bytes>, Error> {
        let endpoint = &self.0.endpoint;
        let host = endpoint.uri().authority().map(Authority::as_str).unwrap_or_default();
        let mut request = Request::new(body);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = endpoint.uri().clone();
        let headers = request.headers_mut();
        headers.insert(HOST, header("the host", host)?);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(FORM));
        headers.insert(USER_AGENT, HeaderValue::from_static(USER));
        if let Some(credentials) = credentials {
            let scope = Scope::new(endpoint.signing_region(), "sts", at);
            let mut signed =
                vec![("content-type", FORM), ("host", host), ("x-amz-date", scope.instant())];
            if let Some(token) = credentials.session_token() {
                signed.push(("x-amz-security-token", token.expose()));
                let value = header("the session token", token.expose())?;
                headers.insert("x-amz-security-token", sensitive(value));
            }
            headers.insert("x-amz-date", header("the date", scope.instant())?);
            let unsigned = Unsigned {
                method: "POST",
                path: endpoint.uri().path(),
                query: "",
                headers: &signed,
                body: call.form.as_str().as_bytes(),
            };
            let authorization = authorization(&unsigned, &scope, credentials);
            let value = header("the access key id", &authorization)?;
            headers.insert(AUTHORIZATION, sensitive(value));
        }
        if call.spends == Spends::MfaCode {
            request.extensions_mut().insert(NewConnection);
        }
        Ok(request)
    }
}

/// A value in a header. Text with a line break or another control character would end
/// the header, and is refused by name.
pub(crate) fn header(what: &str, text: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(text).map_err(|_| {
        let what =
            format!("{what} has a character that an HTTP header cannot have, such as a line break");
        Error::new(ErrorKind::InvalidConfiguration, what)
    })
}

/// Marked, so that no `Debug` of a request shows it.
pub(crate) fn sensitive(mut value: HeaderValue) -> HeaderValue {
    value.set_sensitive(true);
    value
}

/// A body that is wiped when this is dropped, if nobody else has it then.
struct Wiped(Option<Bytes>);

impl Drop for Wiped {
    fn drop(&mut self) {
        if let Some(bytes) = self.0.take() {
            wipe(bytes);
        }
    }
}

const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";

pub(crate) const USER: &str = concat!("stscreds-http/", env!("CARGO_PKG_VERSION"));
