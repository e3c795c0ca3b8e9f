mod rejection;
mod signer;

use std::fmt;
use std::time::Duration;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextMut, InterceptorContext,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use aws_smithy_types::retry::ErrorKind;
use stscreds_cache::CredentialsCache;

use self::rejection::is_session_rejected;
use self::signer::access_key_id_of;

/// Lets a client of the SDK recover from a session that its service no longer
/// accepts, revoked or expired by a clock other than ours.
///
/// When a service responds with `ExpiredToken`, `ExpiredTokenException`, `InvalidToken` or
/// EC2's `RequestExpired`, the access key is rejected in the cache, and the request is
/// repeated once, signed with the refreshed credentials. A thousand requests that are
/// refused with one key cause one refresh. `AccessDenied` causes none: it would not help.
///
/// It is two things to a client, an interceptor and a retry classifier, and a client
/// needs both: [`keep_fresh!`](crate::keep_fresh) sets them, and the cache, for any
/// service.
///
/// ```
/// # fn example(sdk_config: &aws_types::SdkConfig, cache: stscreds_aws_sdk::SdkCache) {
/// let config = aws_sdk_sts::config::Builder::from(&cache.wired_into(sdk_config))
///     .interceptor(cache.self_heal())
///     .retry_classifier(cache.self_heal())
///     .build();
/// # }
/// ```
///
/// # Limits
///
/// The repetition counts as one of the client's attempts and takes from its quota of
/// retries, which lets a hundred requests at a time be repeated. Beyond that, or with
/// retries disabled, the cache still learns of it, and the *next* request succeeds. A response
/// without a body, such as that of `HeadObject`, does not say why it was refused.
#[derive(Clone)]
pub struct SelfHeal {
    cache: CredentialsCache,
}

impl SelfHeal {
    pub(crate) fn of(cache: CredentialsCache) -> Self {
        Self { cache }
    }
}

#[dyn_dispatch_hint]
impl Intercept for SelfHeal {
    fn name(&self) -> &'static str {
        "stscreds::SelfHeal"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let signed_with = access_key_id_of(context.request()).map(SignedWith);
        cfg.interceptor_state().store_or_unset(signed_with);
        Ok(())
    }

    // Not `modify_before_deserialization`: the body is still on the wire there. Here it has been read.
    fn modify_before_attempt_completion(
        &self,
        context: &mut FinalizerInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(response) = context.response_mut() else { return Ok(()) };
        let Some(SignedWith(access_key_id)) = cfg.load::<SignedWith>() else { return Ok(()) };
        if !is_session_rejected(response) {
            return Ok(());
        }
        tracing::debug!(access_key_id, "a service does not accept the session any more");
        self.cache.invalidate_if(access_key_id);
        if cfg.load::<Healed>().is_none() {
            response.add_extension(WorthRepeating);
            cfg.interceptor_state().store_put(Healed);
        }
        Ok(())
    }
}

impl ClassifyRetry for SelfHeal {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match context.response().and_then(|response| response.extension::<WorthRepeating>()) {
            // At once: the service is not overloaded, and the refresh takes its own time. As an error of the
            // client, which costs half of a transient one of the client's quota of retries.
            Some(WorthRepeating) => RetryAction::retryable_error_with_explicit_delay(
                ErrorKind::ClientError,
                Duration::ZERO,
            ),
            None => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "once more with a fresh session"
    }
}

impl fmt::Debug for SelfHeal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SelfHeal").field(&self.cache).finish()
    }
}

/// The access key of the attempt in flight.
#[derive(Debug)]
struct SignedWith(String);

/// The request has had its second chance.
#[derive(Debug)]
struct Healed;

/// Put into a response for the retry classifier, which sees nothing else of us.
#[derive(Debug, Clone)]
struct WorthRepeating;

impl Storable for SignedWith {
    type Storer = StoreReplace<Self>;
}

impl Storable for Healed {
    type Storer = StoreReplace<Self>;
}
