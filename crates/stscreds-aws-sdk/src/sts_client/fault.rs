use std::error::Error as StdError;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::config::http::HttpResponse;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_types::retry::ErrorKind as Repeatable;
use aws_types::request_id::RequestId;
use stscreds_core::{Error, ErrorKind};
use stscreds_provider::StsFault;

use crate::sdk_source::error_of_sdk_credentials;

/// Why a call of the SDK ended without an answer of the operation.
pub(super) fn error_of<E>(operation: &str, error: SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    let http_status = error.raw_response().map(|response| response.status().as_u16());
    match &error {
        SdkError::ServiceError(context) => {
            let metadata = context.err();
            let request_id = error.request_id().map(str::to_owned);
            match metadata.code() {
                Some(code) => {
                    let mut fault = StsFault::new(code);
                    fault.message = metadata.message().map(str::to_owned);
                    fault.request_id = request_id;
                    fault.http_status = http_status;
                    fault.into_error(operation)
                }
                None => unanswered(operation, http_status),
            }
        }
        SdkError::TimeoutError(_) => {
            Error::new(ErrorKind::TimedOut, format!("STS did not answer {operation} in time"))
        }
        SdkError::ResponseError(_) => unanswered(operation, http_status),
        // What is left never reached STS.
        _ => unsent(operation, error),
    }
}

/// An answer that is not one of STS. Its text is not repeated: half an answer may
/// hold a whole secret.
fn unanswered(operation: &str, http_status: Option<u16>) -> Error {
    let status = http_status.map(|status| format!(" with HTTP {status}")).unwrap_or_default();
    let kind = match http_status {
        Some(500..) => ErrorKind::ServiceUnavailable,
        Some(429) => ErrorKind::Throttled,
        _ => ErrorKind::MalformedResponse,
    };
    Error::new(kind, format!("the endpoint answered {operation}{status}, but not as STS does"))
}

fn unsent<E>(operation: &str, error: SdkError<E, HttpResponse>) -> Error
where
    E: StdError + Send + Sync + 'static,
{
    if let Some(credentials) = first_in_chain::<CredentialsError>(&error) {
        return error_of_sdk_credentials(credentials)
            .with_context(format_args!("no credentials to sign {operation} with"));
    }
    let (kind, what) = match &error {
        SdkError::DispatchFailure(failure) if failure.is_timeout() => {
            (ErrorKind::TimedOut, format!("STS did not answer {operation} in time"))
        }
        SdkError::DispatchFailure(failure) if failure.is_io() => {
            (ErrorKind::ConnectionFailed, format!("cannot reach STS for {operation}"))
        }
        // A connection that was closed instead of an answer is no input or output to the SDK.
        SdkError::DispatchFailure(failure)
            if failure.as_other() == Some(Repeatable::TransientError) =>
        {
            (
                ErrorKind::ConnectionFailed,
                format!("the connection to STS ended before it answered {operation}"),
            )
        }
        // What fails before the wire without being about the wire: no identity, no region, no endpoint.
        _ => (
            ErrorKind::InvalidConfiguration,
            format!(
                "the AWS SDK could not send {operation}, for want of credentials, a region or an endpoint"
            ),
        ),
    };
    let unsent = Error::new(kind, what);
    match error.into_source() {
        Ok(source) => unsent.with_source(source),
        Err(_) => unsent,
    }
}

fn first_in_chain<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}
