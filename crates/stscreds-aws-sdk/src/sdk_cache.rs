mod identities;
mod value;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider, future};
use aws_smithy_runtime_api::client::identity::SharedIdentityCache;
use aws_types::SdkConfig;
use stscreds_cache::{Cache, CacheBuilder, Stats, Subscription};
use stscreds_core::{Credentials, CredentialsProvider, Error, ProviderSource, SessionKey};

use self::identities::Identities;
use self::value::FromProvider;
pub use self::value::SdkValue;
use crate::sdk_provider::sdk_error;
use crate::self_heal::SelfHeal;

/// Keeps AWS credentials fresh for clients of the AWS SDK.
///
/// Each value is converted to the SDK's types once, when it arrives, so that a hit
/// converts nothing. A cheap handle: clones are the same cache. It is a provider of
/// ours too.
///
/// ```
/// # fn example(sdk_config: aws_types::SdkConfig, role: stscreds_provider::AssumeRoleProvider) {
/// use stscreds_aws_sdk::SdkCache;
///
/// let cache = SdkCache::new(role);
/// let sts = aws_sdk_sts::Client::new(&cache.wired_into(&sdk_config));
/// # }
/// ```
///
/// A client wants it in two halves, [credentials provider](Self::credentials_provider)
/// and [identity cache](Self::identity_cache), so that its own cache is not stacked on
/// this one. With the first alone it works as well: the client's own cache then keeps a
/// copy until ten seconds before it expires, and an [invalidation](Self::invalidate) is
/// seen only after that.
#[derive(Clone)]
pub struct SdkCache {
    cache: Cache<SdkValue>,
    provider: Arc<dyn CredentialsProvider>,
    /// Made once: its clones share the partition by which the identity cache knows
    /// that a client asks for these credentials and not for others.
    shared: SharedCredentialsProvider,
}

impl SdkCache {
    /// A cache over `provider` with the default policy.
    ///
    /// It contacts nothing and starts nothing until it is asked.
    #[must_use]
    pub fn new(provider: impl CredentialsProvider + 'static) -> Self {
        Self::configured(provider, |cache| cache)
    }

    /// A cache over `provider` with options of the builder: policy, clock, and so on.
    #[must_use]
    pub fn configured(
        provider: impl CredentialsProvider + 'static,
        configure: impl FnOnce(CacheBuilder<SdkValue>) -> CacheBuilder<SdkValue>,
    ) -> Self {
        let provider: Arc<dyn CredentialsProvider> = Arc::new(provider);
        let source = FromProvider(Arc::clone(&provider));
        let cache = configure(Cache::builder(source)).build();
        let shared = SharedCredentialsProvider::new(Provider(cache.clone()));
        Self { cache, provider, shared }
    }

    /// The configuration with both halves of this cache in place of its credentials.
    #[must_use]
    pub fn wired_into(&self, sdk_config: &SdkConfig) -> SdkConfig {
        sdk_config
            .to_builder()
            .credentials_provider(self.credentials_provider())
            .identity_cache(self.identity_cache())
            .build()
    }

    /// The half that an SDK configuration takes as `credentials_provider`.
    ///
    /// The builder of one service takes it by `set_credentials_provider`: its
    /// `credentials_provider` would wrap it, and the other half would not know it.
    #[must_use]
    pub fn credentials_provider(&self) -> SharedCredentialsProvider {
        self.shared.clone()
    }

    /// The half that an SDK configuration takes as `identity_cache`.
    ///
    /// What is not [`credentials_provider`](Self::credentials_provider)'s, such as
    /// bearer tokens, is left to a lazy cache of the SDK's.
    #[must_use]
    pub fn identity_cache(&self) -> SharedIdentityCache {
        SharedIdentityCache::new(Identities::new(self.cache.clone(), &self.shared))
    }

    /// What a client needs beside the two halves to recover from `ExpiredToken`: an
    /// interceptor and a retry classifier.
    #[must_use]
    pub fn self_heal(&self) -> SelfHeal {
        SelfHeal::of(self.cache.clone())
    }

    /// The credentials, valid as far as the policy demands.
    ///
    /// # Errors
    ///
    /// As [`Cache::get`].
    ///
    /// # Cancel safety
    ///
    /// As [`Cache::get`]: dropping the future changes nothing for anybody else.
    pub async fn credentials(&self) -> Result<Credentials, Error> {
        match self.with(Credentials::clone) {
            Some(hit) => Ok(hit),
            None => Ok(self.cache.get().await?.ours().clone()),
        }
    }

    /// Reads the credentials in place if [`credentials`](Self::credentials) would
    /// return them at once: [`Cache::with`].
    pub fn with<R>(&self, read: impl FnOnce(&Credentials) -> R) -> Option<R> {
        self.cache.with(|value| read(value.ours()))
    }

    /// The credentials, with at least so much life left, if sessions live for that long:
    /// [`Cache::remaining`].
    ///
    /// # Errors
    ///
    /// As [`Cache::get`].
    ///
    /// # Cancel safety
    ///
    /// As [`Cache::get`].
    pub async fn remaining(&self, at_least: Duration) -> Result<Credentials, Error> {
        Ok(self.cache.remaining(at_least).await?.ours().clone())
    }

    /// The credentials if they are valid now: [`Cache::peek`].
    #[must_use]
    pub fn peek(&self) -> Option<Credentials> {
        self.cache.peek().map(|value| value.ours().clone())
    }

    /// Refreshes, or joins the refresh in flight; during a backoff, returns the last error.
    ///
    /// # Errors
    ///
    /// As [`Cache::refresh`].
    ///
    /// # Cancel safety
    ///
    /// As [`Cache::refresh`].
    pub async fn refresh(&self) -> Result<Credentials, Error> {
        Ok(self.cache.refresh().await?.ours().clone())
    }

    /// Refreshes, or joins the refresh in flight, also during a backoff:
    /// [`Cache::refresh_now`].
    ///
    /// # Errors
    ///
    /// As [`Cache::refresh_now`].
    ///
    /// # Cancel safety
    ///
    /// As [`Cache::refresh_now`].
    pub async fn refresh_now(&self) -> Result<Credentials, Error> {
        Ok(self.cache.refresh_now().await?.ours().clone())
    }

    /// Declares the credentials unusable: [`Cache::invalidate`].
    pub fn invalidate(&self) {
        self.cache.invalidate();
    }

    /// Declares the credentials unusable if they have this access key id:
    /// [`Cache::invalidate_if`].
    pub fn invalidate_if(&self, access_key_id: &str) {
        self.cache.invalidate_if(access_key_id);
    }

    /// What the cache has done and where it stands.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.cache.stats()
    }

    /// The events of this cache from now on.
    #[must_use]
    pub fn subscribe(&self) -> Subscription {
        self.cache.subscribe()
    }
}

#[async_trait]
impl CredentialsProvider for SdkCache {
    async fn credentials(&self) -> Result<Credentials, Error> {
        self.credentials().await
    }

    async fn remaining(&self, at_least: Duration) -> Result<Credentials, Error> {
        Self::remaining(self, at_least).await
    }

    fn provider_sources(&self) -> Vec<ProviderSource> {
        self.provider.provider_sources()
    }

    fn reject(&self, access_key_id: &str) {
        self.invalidate_if(access_key_id);
    }

    fn session_key(&self) -> Option<SessionKey> {
        self.provider.session_key()
    }
}

impl ProvideCredentials for SdkCache {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        provide(&self.cache)
    }
}

impl fmt::Debug for SdkCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SdkCache").field(&self.cache).finish()
    }
}

/// The cache as the SDK holds it. Not `SdkCache` itself, which holds this.
#[derive(Debug)]
struct Provider(Cache<SdkValue>);

impl ProvideCredentials for Provider {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        provide(&self.0)
    }
}

/// Ready on a hit, so that it costs no allocation; a boxed future otherwise.
fn provide(cache: &Cache<SdkValue>) -> future::ProvideCredentials<'_> {
    match cache.with(SdkValue::sdk_credentials) {
        Some(hit) => future::ProvideCredentials::ready(Ok(hit)),
        None => future::ProvideCredentials::new(load(cache)),
    }
}

async fn load(cache: &Cache<SdkValue>) -> provider::Result {
    match cache.get().await {
        Ok(value) => Ok(value.sdk_credentials()),
        Err(error) => Err(sdk_error(error)),
    }
}
