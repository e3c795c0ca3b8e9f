use aws_sdk_sts::error::ProvideErrorMetadata;
use aws_sdk_sts::operation::assume_role_with_web_identity::AssumeRoleWithWebIdentityError;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};

/// Keeps the SDK from repeating a call that the provider repeats itself, with the
/// identity token read anew. Both would make nine calls of three, six of them with
/// a token known to be stale.
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
