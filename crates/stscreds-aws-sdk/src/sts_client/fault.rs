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
use super::error_body::fault_in;
use crate::causes::causes;
use crate::sdk_source::error_of_sdk_credentials;

/// Why a call of the SDK ended without a response of the operation.
///
/// No text of the SDK or a library below it is kept: some of them repeat the request, whose body
/// holds identity tokens and MFA codes, or a response that may hold half a secret.
pub(super) fn error_of<E>(call: &Call, error: &SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    match error {
        SdkError::ServiceError(context) => {
            let metadata = context.err();
            let fault = metadata.code().map(|code| {
                let mut fault = StsFault::new(code);
                fault.message = metadata.message().map(str::to_owned);
                fault.request_id = error.request_id().map(str::to_owned);
                fault.http_status = Some(context.raw().status().as_u16());
                fault
            });
            answered(call, fault, context.raw())
        }
        SdkError::TimeoutError(_) => call.timed_out("in time"),
        SdkError::ResponseError(context) => answered(call, None, context.raw()),
        // What is left never got a response.
        _ => unsent(call, error),
    }
}

fn answered(call: &Call, fault: Option<StsFault>, response: &HttpResponse) -> Error {
    let error = match fault.or_else(|| fault_in(response)) {
        Some(fault) => fault.into_error(call.operation),
        None => unexpected(call, response.status().as_u16()),
    };
    match error.kind() {
        ErrorKind::ServiceUnavailable | ErrorKind::MalformedResponse | ErrorKind::TimedOut => {
            call.after_sending(error)
        }
        _ => error,
    }
}

/// A response that is not one of STS.
fn unexpected(call: &Call, status: u16) -> Error {
    let kind = match status {
        500.. => ErrorKind::ServiceUnavailable,
        429 => ErrorKind::Throttled,
        407 => ErrorKind::ConnectionFailed,
        _ => ErrorKind::MalformedResponse,
    };
    let operation = call.operation;
    let what = match status {
        300..400 => format!(
            "the endpoint{} redirects {operation} (HTTP {status}), which is not followed: set endpoint_url to \
             the URL that it redirects to",
            call.address()
        ),
        407 => format!(
            "a proxy refused {operation} (HTTP 407): give the HTTP client the proxy's user name and password"
        ),
        _ => format!(
            "unexpected response to {operation} (HTTP {status}): this does not look like STS"
        ),
    };
    Error::new(kind, what)
}

fn unsent<E>(call: &Call, error: &SdkError<E, HttpResponse>) -> Error
where
    E: StdError + Send + Sync + 'static,
{
    let operation = call.operation;
    if let Some(credentials) = first_in_chain::<CredentialsError>(error) {
        return error_of_sdk_credentials(credentials)
            .with_context(format_args!("no credentials to sign {operation} with"))
            .while_signing();
    }
    // What is checked before anything is sent.
    if let Some(ours) = first_in_chain::<Error>(error) {
        return ours.clone().with_context(format_args!("cannot send {operation}"));
    }
    let at = call.address();
    let failed = |what| Error::new(ErrorKind::ConnectionFailed, what);
    match error {
        SdkError::DispatchFailure(failure) if failure.is_timeout() && is_unconnected(error) => {
            failed(format!("cannot connect to STS{at} for {operation}: timed out"))
        }
        SdkError::DispatchFailure(failure) if failure.is_timeout() => call.timed_out("in time"),
        SdkError::DispatchFailure(failure) if failure.is_io() && !says(error, NO_TLS) => {
            let reason = reason(error);
            if is_unconnected(error) {
                return failed(format!("cannot connect to STS{at} for {operation}: {reason}"));
            }
            call.after_sending(failed(format!(
                "the connection to STS{at} failed before a response to {operation}: {reason}"
            )))
        }
        // A connection that was closed instead of a response is no input or output to the SDK.
        SdkError::DispatchFailure(failure)
            if failure.as_other() == Some(Repeatable::TransientError) =>
        {
            call.after_sending(failed(format!(
                "STS{at} closed the connection before it responded to {operation}"
            )))
        }
        _ => Error::new(
            ErrorKind::InvalidConfiguration,
            format!("cannot send {operation}: {}", unusable(error)),
        ),
    }
}

/// Whether there was no connection that anything could have been sent over, by the words of
/// `hyper-util` and of the SDK's HTTP client.
pub(super) fn is_unconnected(error: &(dyn StdError + 'static)) -> bool {
    says(error, "client error (Connect)") || says(error, "HTTP connect timeout")
}

/// Why the connection failed, in words that cannot repeat what was sent.
fn reason(error: &(dyn StdError + 'static)) -> String {
    let texts: Vec<String> = causes(error).map(ToString::to_string).collect();
    let says = |beginning: &str| texts.iter().find(|text| text.starts_with(beginning));
    if says("failed to lookup address information").is_some() || says("dns error").is_some() {
        return "the host name cannot be resolved".to_owned();
    }
    if says("tunnel error: proxy authorization required").is_some() {
        return "the proxy wants a user name and password".to_owned();
    }
    if says("tunnel error").is_some() {
        return "the proxy refused to connect to the endpoint".to_owned();
    }
    if let Some(text) = says("invalid peer certificate: ") {
        let cause = text.split([' ', ':', '(', '{']).nth(4).unwrap_or_default();
        return format!("its TLS certificate is not trusted ({cause})");
    }
    if texts.iter().any(|text| text.contains("InvalidContentType")) {
        return "it does not speak TLS; begin the endpoint URL with http:// if that is right"
            .to_owned();
    }
    let failed = causes(error).filter_map(|error| error.downcast_ref::<io::Error>());
    let kind = failed.map(io::Error::kind).find(|kind| *kind != io::ErrorKind::Other);
    kind.map_or_else(|| "the connection failed".to_owned(), |kind| kind.to_string())
}

/// Which part of the SDK's configuration it missed. Only the beginning of its sentences is read.
fn unusable(error: &(dyn StdError + 'static)) -> &'static str {
    let says = |part: &str| says(error, part);
    let no_endpoint =
        "the AWS SDK found no endpoint for this region; check region and endpoint URL";
    if says("failed to apply endpoint") {
        no_endpoint
    } else if says(NO_TLS) {
        "the HTTP client of the AWS SDK configuration has no TLS, which an https:// endpoint needs"
    } else if says("HTTP client") {
        "the AWS SDK configuration has no HTTP client; enable the feature `default-https-client` or set `http_client`"
    } else if says("auth scheme") || says("identity") {
        "the AWS SDK configuration has no credentials to sign with; set `credentials_provider`"
    } else if says("header") {
        "a value is not allowed in an HTTP header; check what the AWS SDK configuration adds to requests"
    } else if says("interceptor") {
        "an interceptor of the AWS SDK configuration failed; correct or remove it"
    } else if says("endpoint") {
        no_endpoint
    } else {
        "the AWS SDK could not build the request; check region, endpoint URL and credentials"
    }
}

/// How `hyper` refuses an `https://` URL without a TLS stack.
const NO_TLS: &str = "scheme is not http";

fn says(error: &(dyn StdError + 'static), part: &str) -> bool {
    causes(error).any(|error| error.to_string().contains(part))
}

fn first_in_chain<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    causes(error).find_map(|error| error.downcast_ref())
}
