use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use stscreds_core::{Error, ErrorKind};
use stscreds_transport::{HttpClient, HttpErrorKind, MaxResponseBytes};

use super::document::error_text;
use crate::client::caused;
use crate::form::wipe;
use crate::retry::RetryPolicy;

/// How an endpoint is asked: the HTTP client, its limits and its retries.
#[derive(Clone)]
pub(crate) struct LocalSource {
    /// For errors: `the container credentials endpoint`.
    pub(crate) what: &'static str,
    pub(crate) http: Arc<dyn HttpClient>,
    pub(crate) timeout: Duration,
    pub(crate) retries: RetryPolicy,
    pub(crate) random: fn() -> f64,
}

/// A request without a result, and whether to repeat it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: Error,
    pub(crate) is_worth_a_retry: bool,
    pub(crate) status: Option<StatusCode>,
    /// Whether the endpoint was reached and did not respond in time.
    pub(crate) is_late: bool,
}

impl Failure {
    pub(crate) fn never(error: Error) -> Self {
        Self { error, is_worth_a_retry: false, status: None, is_late: false }
    }

    pub(crate) fn again(error: Error) -> Self {
        Self { is_worth_a_retry: true, ..Self::never(error) }
    }
}

impl LocalSource {
    /// Waits before the next attempt and returns its number, or the failure if it is not
    /// worth another attempt. The first retry is number 1.
    pub(crate) async fn next_retry(&self, retry: u32, failure: Failure) -> Result<u32, Failure> {
        let next = retry + 1;
        if !failure.is_worth_a_retry || next >= self.retries.attempts {
            return Err(failure);
        }
        tokio::time::sleep(self.retries.backoff(next, (self.random)())).await;
        Ok(next)
    }

    /// The response to a request, if its status is one of success.
    pub(crate) async fn send(
        &self,
        mut request: Request<Bytes>,
    ) -> Result<Response<Bytes>, Failure> {
        request.extensions_mut().insert(MaxResponseBytes(MAX_BYTES));
        let sent = tokio::time::timeout(self.timeout, self.http.send(request)).await;
        let response = match sent {
            Ok(Ok(response)) => response,
            Ok(Err(failure)) => {
                let kind = match failure.kind() {
                    HttpErrorKind::Configuration => ErrorKind::InvalidConfiguration,
                    HttpErrorKind::ConnectTimedOut => ErrorKind::TimedOut,
                    HttpErrorKind::InvalidResponse | HttpErrorKind::ResponseTooLarge => {
                        ErrorKind::MalformedResponse
                    }
                    _ => ErrorKind::ConnectionFailed,
                };
                let is_worth_a_retry = kind != ErrorKind::InvalidConfiguration;
                let what = format!("no response from {}: {failure}", self.what);
                let error = caused(kind, what, failure);
                return Err(Failure { is_worth_a_retry, ..Failure::never(error) });
            }
            Err(_elapsed) => {
                let what = format!("no response from {} within {:?}", self.what, self.timeout);
                let error = Error::new(ErrorKind::TimedOut, what);
                return Err(Failure { is_late: true, ..Failure::again(error) });
            }
        };
        if response.status().is_success() && response.body().len() <= MAX_BYTES {
            return Ok(response);
        }
        Err(self.unsuccessful(response))
    }

    /// An error as the endpoint reports it; 5xx and 429 may pass.
    fn unsuccessful(&self, response: Response<Bytes>) -> Failure {
        let status = response.status();
        let said = error_text(response.body()).map(|text| format!(": {text}")).unwrap_or_default();
        wipe(response.into_body());
        let (kind, is_worth_a_retry) = match status.as_u16() {
            429 => (ErrorKind::Throttled, true),
            500.. => (ErrorKind::ServiceUnavailable, true),
            400..=499 => (ErrorKind::NoCredentials, false),
            _ => (ErrorKind::MalformedResponse, false),
        };
        let fault = match status.is_redirection() {
            true => "redirects, which is not followed",
            false => "refused to give credentials",
        };
        let what = format!("{} {fault} (HTTP {}){said}", self.what, status.as_u16());
        let error = Error::new(kind, what);
        let error = if kind == ErrorKind::NoCredentials { error.unrecoverable() } else { error };
        Failure { error, is_worth_a_retry, status: Some(status), is_late: false }
    }
}

impl fmt::Debug for LocalSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalSource")
            .field("http", &self.http)
            .field("timeout", &self.timeout)
            .field("retries", &self.retries)
            .finish_non_exhaustive()
    }
}

/// Twice the longest session token with room for the rest.
const MAX_BYTES: usize = 128 * 1024;
