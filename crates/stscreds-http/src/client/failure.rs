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
        let (kind, what, cost) = match failure.kind() {
            K::Configuration => {
                let error =
                    Error::new(ErrorKind::InvalidConfiguration, format!("cannot send {operation}"));
                return Self::never(error.with_source(failure));
            }
            K::ConnectTimedOut => (
                ErrorKind::TimedOut,
                format!("cannot reach STS for {operation} in time"),
                Cost::Timeout,
            ),
            K::Connect => (
                ErrorKind::ConnectionFailed,
                format!("cannot reach STS for {operation}"),
                Cost::Failure,
            ),
            K::InvalidResponse | K::ResponseTooLarge => {
                let what =
                    format!("unexpected response to {operation}: this does not look like STS");
                let error = Error::new(ErrorKind::MalformedResponse, what).with_source(failure);
                return Self::never(error);
            }
            // Broken, and what is added to the kinds one day.
            _ => {
                let what =
                    format!("the connection to STS ended before it responded to {operation}");
                (ErrorKind::ConnectionFailed, what, Cost::Failure)
            }
        };
        let retry = if failure.is_unsent() { Retry::Safe(cost) } else { Retry::Again(cost) };
        Self { error: Error::new(kind, what).with_source(failure), retry }
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
