mod answer;
mod answer_limit;
mod assume_role;
#[cfg(feature = "pool")]
mod budgeted;
mod call;
mod caller;
mod caller_identity;
mod clock_retry;
mod date;
mod error_body;
mod fault;
mod federation_token;
mod guarded_signing;
mod member;
mod outbound_token;
mod preflight;
mod retry;
mod saml_role;
mod scoped_credentials;
mod session_token;
mod web_identity;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_sdk_sts::config::{Config, Region, SharedAsyncSleep};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_types::SdkConfig;
use stscreds_cache::ClockSkew;
use stscreds_core::{CredentialsProvider, ProviderSource, SessionKey};

use self::answer_limit::AnswerLimit;
pub(crate) use self::call::error_elsewhere;
use self::call::{Call, Limit};
pub(crate) use self::caller::Signer as StsSigner;
use self::caller::{Caller, Signer};
use self::clock_retry::ClockRetry;
use self::date::DateWatch;
use self::guarded_signing::GuardedSigV4;
use self::preflight::{Preflight, check_region};
use self::retry::own_retry_tokens;
use crate::SdkProvider;

/// STS through `aws_sdk_sts::Client`, as the providers see it.
///
/// It implements every view of `stscreds-provider`:
/// [`AssumeRoleClient`](stscreds_provider::AssumeRoleClient),
/// [`AssumeRoleWithWebIdentityClient`](stscreds_provider::AssumeRoleWithWebIdentityClient),
/// [`AssumeRoleWithSamlClient`](stscreds_provider::AssumeRoleWithSamlClient),
/// [`SessionTokenClient`](stscreds_provider::SessionTokenClient),
/// [`FederationTokenClient`](stscreds_provider::FederationTokenClient),
/// [`OutboundTokenClient`](stscreds_provider::OutboundTokenClient),
/// [`ScopedCredentialsClient`](stscreds_provider::ScopedCredentialsClient) and
/// [`CallerIdentityClient`](stscreds_provider::CallerIdentityClient). Region, endpoint,
/// timeouts and retries are those of the SDK's configuration; no region is guessed. The tokens
/// that its retries cost are the client's own, as in other languages' SDKs: a role that fails
/// again and again ends no other client's retries. (The SDK for Rust has one bucket of them
/// for all clients of a service and region in a process.)
///
/// What that configuration leaves open ends in bounded time all the same: 3 s to connect, 10 s
/// without a byte of a response, and [30 s](Self::call_timeout) for a call with its retries.
///
/// A request with an MFA code is not sent again once it may have arrived, unless STS throttled
/// it or refused its date: STS accepts each code once. A call that STS refuses because of its
/// date is repeated once with the corrected clock.
///
/// Cheap to clone.
#[derive(Clone)]
pub struct StsClient {
    client: aws_sdk_sts::Client,
    signing_sources: Vec<ProviderSource>,
    caller: Caller,
    call_timeout: Option<Duration>,
}

impl StsClient {
    /// STS as the SDK's configuration says, calls signed with its credentials.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        let sts =
            aws_sdk_sts::config::Builder::from(config).retry_partition(own_retry_tokens()).build();
        Self::from(aws_sdk_sts::Client::from_conf(sts)).sending_to(config)
    }

    /// STS as the SDK's configuration says, calls signed with the credentials of
    /// this provider: for a role that is assumed from another role.
    ///
    /// Give a cache of ours: it is asked at each call, and the SDK's own cache is
    /// switched off so as not to keep what ours has replaced.
    #[must_use]
    pub fn signed_by(config: &SdkConfig, source: impl CredentialsProvider + 'static) -> Self {
        let source: Arc<dyn CredentialsProvider> = Arc::new(source);
        let signing_sources = source.provider_sources();
        let sts = aws_sdk_sts::config::Builder::from(config)
            .credentials_provider(SdkProvider::new(Arc::clone(&source)))
            .identity_cache(IdentityCache::no_cache())
            .retry_partition(own_retry_tokens())
            .build();
        Self::from(aws_sdk_sts::Client::from_conf(sts))
            .signing_sources(signing_sources)
            .sending_to(config)
            .signer(Signer::Provider(source))
    }

    /// Declares the identity that signs the calls, where it cannot be known: of a client
    /// with the credentials of the AWS SDK.
    ///
    /// Sessions of two clients that are given one key are interchangeable, in memory and
    /// on disk ([`session_key`](CredentialsProvider::session_key)).
    ///
    /// ```
    /// # fn example(sdk_config: &aws_types::SdkConfig) {
    /// use stscreds_aws_sdk::StsClient;
    /// use stscreds_core::SessionKey;
    ///
    /// let alice = SessionKey::builder("keys of").part("user", "alice").build();
    /// let sts = StsClient::new(sdk_config).signed_as(alice);
    /// # }
    /// ```
    #[must_use]
    pub fn signed_as(self, key: SessionKey) -> Self {
        self.signer(Signer::Declared(key))
    }

    /// Tells this skew what STS's answers say of the time.
    ///
    /// An expiry is an instant of AWS's clock. Give the same handle to the cache, by
    /// [`CacheBuilder::clock_skew`](stscreds_cache::CacheBuilder::clock_skew), and its
    /// values live for as long as they do although the local clock is off.
    #[must_use]
    pub fn clock_skew(mut self, skew: ClockSkew) -> Self {
        let config = self.client.config().to_builder().interceptor(DateWatch(skew)).build();
        self.client = aws_sdk_sts::Client::from_conf(config);
        self
    }

    /// Takes a permit of this budget for each request that is sent, retries included.
    ///
    /// Give the same budget to the [pool](stscreds_cache::pool) whose providers use this client,
    /// and to every other client whose calls the same account signs in the same region. A request
    /// waits for its turn once it has been signed: so nothing of the budget is held while the
    /// credentials that sign are fetched, or a person is asked. The [call
    /// timeout](Self::call_timeout) is paused meanwhile, an `operation_timeout` of the SDK's
    /// configuration is not.
    ///
    /// A call that would wait for too long fails with
    /// [`Throttled`](stscreds_core::ErrorKind::Throttled), and nothing is sent.
    #[cfg(feature = "pool")]
    #[cfg_attr(docsrs, doc(cfg(feature = "pool")))]
    #[must_use]
    pub fn budget(mut self, budget: &stscreds_cache::pool::Budget) -> Self {
        let config = self.client.config();
        if let Some(http) = budgeted::budgeted(config, budget.clone()) {
            let config = config.to_builder().http_client(http).build();
            self.client = aws_sdk_sts::Client::from_conf(config);
        }
        self
    }

    /// Bounds each call, its retries and the wait for signing credentials included. 30 s by
    /// default, or the `operation_timeout` of the SDK's configuration if that is set.
    ///
    /// A call that takes longer fails with [`TimedOut`](stscreds_core::ErrorKind::TimedOut). The
    /// time starts again after each [person](stscreds_core::interactive) who was asked for an MFA
    /// code. `None` removes the limit, for programs that set one around the call.
    #[must_use]
    pub fn call_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.call_timeout = timeout.into();
        self
    }

    fn call(&self, operation: &'static str) -> Call {
        let configured = self.client.config().sleep_impl();
        let timer = configured.unwrap_or_else(|| SharedAsyncSleep::new(TokioSleep::new()));
        let limit = self.call_timeout.map(|timeout| Limit { timeout, timer });
        let region = check_region(self.client.config().region().map(Region::as_ref));
        Call { operation, limit, region, endpoint: Arc::default(), has_code: false }
    }

    /// Declares where the keys come from that sign the calls, first source first.
    #[must_use]
    pub fn signing_sources(mut self, sources: impl Into<Vec<ProviderSource>>) -> Self {
        self.signing_sources = sources.into();
        self
    }

    pub(crate) fn signer(mut self, signer: Signer) -> Self {
        self.caller.signer = Some(signer);
        self
    }

    /// Says that the client was made from this configuration.
    pub(crate) fn sending_to(mut self, config: &SdkConfig) -> Self {
        self.caller.destination = Some(caller::destination_of(config));
        self
    }
}

/// The client as it is, but with checks before anything is sent, with limits where it has none,
/// and for responses of at most 1 MiB. Its sources are reported as [`ProviderSource::Sdk`].
impl From<aws_sdk_sts::Client> for StsClient {
    fn from(client: aws_sdk_sts::Client) -> Self {
        let (timeouts, call_timeout) = timeouts(client.config());
        let config = client
            .config()
            .to_builder()
            .timeout_config(timeouts)
            .push_auth_scheme(GuardedSigV4::default())
            .interceptor(Preflight)
            .interceptor(AnswerLimit)
            .interceptor(ClockRetry)
            .retry_classifier(ClockRetry)
            .build();
        let client = aws_sdk_sts::Client::from_conf(config);
        Self {
            client,
            signing_sources: vec![ProviderSource::Sdk],
            caller: Caller::default(),
            call_timeout,
        }
    }
}

/// The timeouts of the client, with ours where it has none and did not disable them, and the limit
/// of a whole call, which is the SDK's own if it has one.
///
/// The limit is not set as the SDK's `operation_timeout`, nor is the attempt's: they would cut off
/// a person who is asked for the MFA code of the role that signs.
fn timeouts(config: &Config) -> (TimeoutConfig, Option<Duration>) {
    let configured = config.timeout_config().cloned();
    let mut timeouts = configured.unwrap_or_else(|| TimeoutConfig::builder().build());
    let mut with_ours = timeouts.clone();
    with_ours.take_defaults_from(&TimeoutConfig::builder().operation_timeout(CALL_TIMEOUT).build());
    let is_ours = timeouts.operation_timeout() != with_ours.operation_timeout();
    timeouts.take_defaults_from(
        &TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .build(),
    );
    (timeouts, is_ours.then_some(CALL_TIMEOUT))
}

impl fmt::Debug for StsClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the configuration: an endpoint URL may hold a password.
        f.debug_struct("StsClient")
            .field("region", &self.client.config().region())
            .field("signing_sources", &self.signing_sources)
            .field("call_timeout", &self.call_timeout)
            .finish_non_exhaustive()
    }
}

/// STS accepts a connection within milliseconds; three of a lost packet's retries fit.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Ten times what a slow response of STS takes.
const READ_TIMEOUT: Duration = Duration::from_secs(10);

/// Three attempts, as the SDK makes by default.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use aws_sdk_sts::config::BehaviorVersion;

    use super::*;

    fn timeouts_of(configured: TimeoutConfig) -> (TimeoutConfig, Option<Duration>) {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .timeout_config(configured)
            .build();
        timeouts(&config)
    }

    #[test]
    fn what_a_configuration_leaves_open_is_bounded() {
        let (timeouts, call) = timeouts_of(TimeoutConfig::builder().build());

        assert_eq!(timeouts.connect_timeout(), Some(Duration::from_secs(3)));
        assert_eq!(timeouts.read_timeout(), Some(Duration::from_secs(10)));
        assert_eq!(timeouts.operation_attempt_timeout(), None, "a person may be asked in it");
        assert_eq!(call, Some(Duration::from_secs(30)));
    }

    #[test]
    fn what_a_configuration_says_is_kept_also_if_it_says_no_limit() {
        let minute = Duration::from_secs(60);
        let set = TimeoutConfig::builder()
            .connect_timeout(minute)
            .read_timeout(minute)
            .operation_timeout(minute)
            .build();
        assert_eq!(timeouts_of(set.clone()), (set, None));

        let disabled = TimeoutConfig::disabled();
        assert_eq!(timeouts_of(disabled.clone()), (disabled, None));
    }
}
