use aws_sdk_sts::config::{Builder, Config};
use aws_sdk_sts::error::ProvideErrorMetadata;
use aws_sdk_sts::operation::assume_role_with_web_identity::AssumeRoleWithWebIdentityError;
use aws_smithy_runtime::client::retries::RetryPartition;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use stscreds_core::ErrorKind;
use stscreds_provider::MfaAnswer;

use super::error_body::fault_in;
use super::fault::is_unconnected;

/// A bucket of retry tokens that is shared with no other client.
pub(super) fn own_retry_tokens() -> RetryPartition {
    RetryPartition::custom("stscreds").build()
}

/// Keeps the SDK from repeating a call that the provider repeats itself, with the identity
/// token read anew. Both would make nine calls of three, six of them with a token known to be
/// stale.
#[derive(Debug)]
pub(super) struct LeftToTheProvider;

impl ClassifyRetry for LeftToTheProvider {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let code = context
            .output_or_error()
            .and_then(Result::err)
            .and_then(|error| error.as_operation_error())
            .and_then(|error| error.downcast_ref::<AssumeRoleWithWebIdentityError>())
            .and_then(ProvideErrorMetadata::code);
        match code.map(|code| code.strip_suffix("Exception").unwrap_or(code)) {
            Some("InvalidIdentityToken" | "IDPCommunicationError") => RetryAction::RetryForbidden,
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "identity tokens are read anew by the provider"
    }
}

/// What one call changes in the SDK's retries.
pub(super) fn retries_with(mfa: Option<&MfaAnswer>) -> Builder {
    match mfa {
        Some(_) => Config::builder().retry_classifier(MfaCodeOnce),
        None => Config::builder(),
    }
}

/// Keeps the SDK from sending an MFA code twice: STS accepts each code once, and the first
/// request may have arrived although its response did not.
///
/// A request that was not sent may be repeated, and so may one that STS throttled or refused
/// because of its date: it did not look at the code.
#[derive(Debug)]
struct MfaCodeOnce;

impl ClassifyRetry for MfaCodeOnce {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else {
            return RetryAction::NoActionIndicated;
        };
        let is_unsent = error.as_connector_error().is_some_and(|error| is_unconnected(error));
        let kind = context.response().and_then(fault_in).map(|fault| fault.kind());
        match kind {
            _ if is_unsent => RetryAction::NoActionIndicated,
            Some(ErrorKind::Throttled | ErrorKind::ClockSkew) => RetryAction::NoActionIndicated,
            _ => RetryAction::RetryForbidden,
        }
    }

    fn name(&self) -> &'static str {
        "an MFA code is sent once"
    }
}
