use std::error::Error as StdError;
use std::io;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::config::http::HttpResponse;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_types::retry::ErrorKind as Repeatable;
use aws_types::request_id::RequestId;
use stscreds_core::{Error, ErrorKind};
use stscreds_provider::StsFault;

use super::call::Call;
use crate::sdk_source::error_of_sdk_credentials;

/// Why a call of the SDK ended without a response of the operation.
///
/// No text of the SDK or a library below it is kept: some of them repeat the request, whose body
/// holds identity tokens and MFA codes, or a response that may hold half a secret.
pub(super) fn error_of<E>(call: &Call, error: SdkError<E, HttpResponse>) -> Error
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
                    fault.into_error(call.operation)
                }
                None => unanswered(call, http_status),
            }
        }
        SdkError::TimeoutError(_) => call.timed_out("in time"),
        SdkError::ResponseError(_) => unanswered(call, http_status),
        // What is left never got a response.
        _ => unsent(call, &error),
    }
}

/// A response that is not one of STS.
fn unanswered(call: &Call, http_status: Option<u16>) -> Error {
    let status = http_status.map(|status| format!(" (HTTP {status})")).unwrap_or_default();
    let kind = match http_status {
        Some(500..) => ErrorKind::ServiceUnavailable,
        Some(429) => ErrorKind::Throttled,
        _ => ErrorKind::MalformedResponse,
    };
    let operation = call.operation;
    Error::new(
        kind,
        format!("unexpected response to {operation}{status}: this does not look like STS"),
    )
}

fn unsent<E>(call: &Call, error: &SdkError<E, HttpResponse>) -> Error
where
    E: StdError + Send + Sync + 'static,
{
    let operation = call.operation;
    if let Some(credentials) = first_in_chain::<CredentialsError>(error) {
        return error_of_sdk_credentials(credentials)
            .with_context(format_args!("no credentials to sign {operation} with"));
    }
    // What is checked before anything is sent.
    if let Some(ours) = first_in_chain::<Error>(error) {
        return ours.clone().with_context(format_args!("cannot send {operation}"));
    }
    let at = call.address();
    match error {
        SdkError::DispatchFailure(failure) if failure.is_timeout() => call.timed_out("in time"),
        SdkError::DispatchFailure(failure) if failure.is_io() && !says(error, NO_TLS) => {
            Error::new(
                ErrorKind::ConnectionFailed,
                format!("cannot connect to STS{at} for {operation}: {}", reason(error)),
            )
        }
        // A connection that was closed instead of a response is no input or output to the SDK.
        SdkError::DispatchFailure(failure)
            if failure.as_other() == Some(Repeatable::TransientError) =>
        {
            Error::new(
                ErrorKind::ConnectionFailed,
                format!("STS{at} closed the connection before it responded to {operation}"),
            )
        }
        _ => Error::new(
            ErrorKind::InvalidConfiguration,
            format!("cannot send {operation}: {}", unusable(error)),
        ),
    }
}

/// Why the connection failed, in words that cannot repeat what was sent.
fn reason(error: &(dyn StdError + 'static)) -> String {
    let texts: Vec<String> = chain(error).map(ToString::to_string).collect();
    let says = |beginning: &str| texts.iter().find(|text| text.starts_with(beginning));
    if says("failed to lookup address information").is_some() || says("dns error").is_some() {
        return "the host name cannot be resolved".to_owned();
    }
    if let Some(text) = says("invalid peer certificate: ") {
        let cause = text.split([' ', ':', '(', '{']).nth(4).unwrap_or_default();
        return format!("its TLS certificate is not trusted ({cause})");
    }
    let failed = chain(error).filter_map(|error| error.downcast_ref::<io::Error>());
    let kind = failed.map(io::Error::kind).find(|kind| *kind != io::ErrorKind::Other);
    kind.map_or_else(|| "the connection failed".to_owned(), |kind| kind.to_string())
}

/// Which part of the SDK's configuration it missed. Only the beginning of its sentences is read.
fn unusable(error: &(dyn StdError + 'static)) -> &'static str {
    let says = |part: &str| says(error, part);
    if says(NO_TLS) {
        "the HTTP client of the AWS SDK configuration has no TLS, which an https:// endpoint needs"
    } else if says("HTTP client") {
        "the AWS SDK configuration has no HTTP client; enable the feature `default-https-client` or set `http_client`"
    } else if says("auth scheme") || says("identity") {
        "the AWS SDK configuration has no credentials to sign with; set `credentials_provider`"
    } else if says("endpoint") {
        "the AWS SDK found no endpoint for this region; check region and endpoint URL"
    } else {
        "the AWS SDK could not build the request; check region, endpoint URL and credentials"
    }
}

/// How `hyper` refuses an `https://` URL without a TLS stack.
const NO_TLS: &str = "scheme is not http";

fn says(error: &(dyn StdError + 'static), part: &str) -> bool {
    chain(error).any(|error| error.to_string().contains(part))
}

fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

fn first_in_chain<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    chain(error).find_map(|error| error.downcast_ref())
}
