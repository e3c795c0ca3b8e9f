use http::StatusCode;
use stscreds_core::{Error, ErrorKind};
use stscreds_transport::{HttpError, HttpErrorKind};

use super::call::Call;
use crate::response::Rejection;
use crate::retry::Cost;

/// A request without a result, and whether to repeat it.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) retry: Retry,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Retry {
    Never,
    /// STS did not act on the request: it was not sent, or throttled.
    Safe(Cost),
    /// STS may have acted on the request.
    Again(Cost),
    /// At once, signed for the server's time.
    WithTime,
}

impl Failure {
    pub(super) fn never(error: Error) -> Self {
        Self { error, retry: Retry::Never }
    }

    pub(super) fn timed_out(error: Error) -> Self {
        Self { error, retry: Retry::Again(Cost::Timeout) }
    }

    pub(super) fn of_http(operation: &str, failure: HttpError) -> Self {
        use HttpErrorKind as K;
        let unreached = format!("cannot reach STS for {operation}: {failure}");
        let (kind, what, cost) = match failure.kind() {
            K::Configuration => {
                let what = format!("cannot send {operation}: {failure}");
                return Self::never(caused(ErrorKind::InvalidConfiguration, what, failure));
            }
            K::InvalidResponse | K::ResponseTooLarge => {
                let what = format!(
                    "unexpected response to {operation}: {failure}, this does not look like STS"
                );
                return Self::never(caused(ErrorKind::MalformedResponse, what, failure));
            }
            K::ConnectTimedOut => (ErrorKind::TimedOut, unreached, Cost::Timeout),
            K::Connect => (ErrorKind::ConnectionFailed, unreached, Cost::Failure),
            // Broken, and what is added to the kinds one day.
            _ => {
                let what = format!("no response from STS to {operation}: {failure}");
                (ErrorKind::ConnectionFailed, what, Cost::Failure)
            }
        };
        let retry = if failure.is_unsent() { Retry::Safe(cost) } else { Retry::Again(cost) };
        Self { error: caused(kind, what, failure), retry }
    }

    pub(super) fn of_rejection(call: &Call, rejection: Rejection, status: StatusCode) -> Self {
        let (error, is_of_sts) = match rejection {
            Rejection::Fault(mut fault) => {
                fault.message = fault.message.map(|message| call.form.redacted(message));
                (fault.into_error(call.operation), true)
            }
            Rejection::Foreign(error) => (error, false),
        };
        let retry = match error.kind() {
            ErrorKind::Throttled if is_of_sts => Retry::Safe(Cost::Failure),
            ErrorKind::Throttled | ErrorKind::TimedOut => Retry::Again(Cost::Failure),
            _ if matches!(status.as_u16(), 500 | 502 | 503 | 504) => Retry::Again(Cost::Failure),
            _ => Retry::Never,
        };
        Self { error, retry }
    }
}

/// An error that says in its own words what the HTTP client said, over what is below that.
pub(crate) fn caused(kind: ErrorKind, what: String, failure: HttpError) -> Error {
    let error = Error::new(kind, what);
    match failure.into_cause() {
        Some(cause) => error.with_source(cause),
        None => error,
    }
}
