use std::time::Duration;

use aws_sdk_sts::config::interceptors::FinalizerInterceptorContextMut;
use aws_sdk_sts::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_sts::error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_types::config_bag::{Storable, StoreReplace};
use aws_smithy_types::retry::ErrorKind as Repeatable;
use stscreds_core::ErrorKind;

use super::error_body::fault_in;

/// Repeats a call once that STS refused because of its date.
///
/// The SDK signs by the clock of the response before, and takes the new time from the refusal.
/// It repeats the call only if the clock is off, though, and not if the clock was off at the call
/// before and has been set since.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClockRetry;

impl Intercept for ClockRetry {
    fn name(&self) -> &'static str {
        "ClockRetry"
    }

    // The body has been read here, see `SelfHeal`.
    fn modify_before_attempt_completion(
        &self,
        context: &mut FinalizerInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(response) = context.response_mut() else { return Ok(()) };
        let is_refused = fault_in(response).is_some_and(|f| f.kind() == ErrorKind::ClockSkew);
        if is_refused && cfg.load::<Repeated>().is_none() {
            response.add_extension(WorthRepeating);
            cfg.interceptor_state().store_put(Repeated);
        }
        Ok(())
    }
}

impl ClassifyRetry for ClockRetry {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match context.response().and_then(|response| response.extension::<WorthRepeating>()) {
            Some(WorthRepeating) => RetryAction::retryable_error_with_explicit_delay(
                Repeatable::ClientError,
                Duration::ZERO,
            ),
            None => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "once more with the corrected clock"
    }
}

/// The call has been repeated.
#[derive(Debug)]
struct Repeated;

impl Storable for Repeated {
    type Storer = StoreReplace<Self>;
}

/// For the classifier, which sees the response and nothing else of us.
#[derive(Debug, Clone)]
struct WorthRepeating;
