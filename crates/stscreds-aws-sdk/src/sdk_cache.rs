mod form;
mod identities;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider, future};
use aws_smithy_runtime_api::client::identity::SharedIdentityCache;
use aws_types::SdkConfig;
use stscreds_cache::{CredentialsCache, CredentialsCacheBuilder, Reader, Stats, Subscription};
use stscreds_core::{Credentials, CredentialsProvider, Error, ProviderSource, SessionKey};

use self::form::{SdkForm, Signable};
use self::identities::Identities;
use crate::sdk_provider::sdk_error;
use crate::self_heal::SelfHeal;
use crate::time::cache_clock_of;

/// Keeps AWS credentials fresh for clients of the AWS SDK.
///
/// A [`CredentialsCache`] whose credentials carry the SDK's form too, made once per refresh, so
/// that a hit converts nothing. A cheap handle: clones are the same cache. It is one of our
/// providers too.
///
/// ```
/// # fn example(sdk_config: aws_types::SdkConfig, role: stscreds_provider::AssumeRoleProvider) {
/// use stscreds_aws_sdk::SdkCache;
///
/// let cache = SdkCache::for_config(&sdk_config, role);
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
    cache: CredentialsCache,
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

    /// A cache over `provider` that goes by the clock of this configuration.
    ///
    /// If that is the system's, it is read as of its last tick, as
    /// [`CredentialsCacheBuilder::clock`] says.
    #[must_use]
    pub fn for_config(
        sdk_config: &SdkConfig,
        provider: impl CredentialsProvider + 'static,
    ) -> Self {
        Self::configured(provider, |cache| match cache_clock_of(sdk_config) {
            Some(clock) => cache.clock(clock),
            None => cache,
        })
    }

    /// A cache over `provider` with options of the builder: policy, clock, and so on.
    #[must_use]
    pub fn configured(
        provider: impl CredentialsProvider + 'static,
        configure: impl FnOnce(CredentialsCacheBuilder) -> CredentialsCacheBuilder,
    ) -> Self {
        let signable = Signable(Arc::new(provider));
        Self::over(configure(CredentialsCache::builder(signable)).build())
    }

    /// This cache for clients of the SDK. Both handles are the same cache.
    ///
    /// Credentials that the SDK cannot sign with are an error for its clients. With the
    /// other constructors, a refresh that brings such credentials has failed.
    #[must_use]
    pub fn over(cache: CredentialsCache) -> Self {
        let shared = SharedCredentialsProvider::new(Provider(cache.clone()));
        Self { cache, shared }
    }

    /// The cache itself, for code that does not know the SDK.
    #[must_use]
    pub fn credentials_cache(&self) -> &CredentialsCache {
        &self.cache
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
    /// As [`CredentialsCache::credentials`].
    ///
    /// # Cancel safety
    ///
    /// As [`CredentialsCache::credentials`]: dropping the future changes nothing for anybody
    /// else.
    pub fn credentials(&self) -> impl Future<Output = Result<Credentials, Error>> + Send {
        self.cache.credentials()
    }

    /// Reads the credentials in place if [`credentials`](Self::credentials) would
    /// return them at once: [`CredentialsCache::with`].
    pub fn with<R>(&self, read: impl FnOnce(&Credentials) -> R) -> Option<R> {
        self.cache.with(read)
    }

    /// Reads the credentials in place, and waits for a refresh if there is nothing to read at
    /// once: [`CredentialsCache::read`].
    ///
    /// # Errors
    ///
    /// As [`CredentialsCache::read`].
    ///
    /// # Cancel safety
    ///
    /// As [`CredentialsCache::read`].
    pub async fn read<R>(&self, read: impl FnOnce(&Credentials) -> R) -> Result<R, Error> {
        self.cache.read(read).await
    }

    /// The credentials, with at least so much life left, if sessions live for that long:
    /// [`CredentialsCache::remaining`].
    ///
    /// # Errors
    ///
    /// As [`CredentialsCache::credentials`].
    ///
    /// # Cancel safety
    ///
    /// As [`CredentialsCache::credentials`].
    pub async fn remaining(&self, at_least: Duration) -> Result<Credentials, Error> {
        self.cache.remaining(at_least).await
    }

    /// The credentials if they are valid now: [`CredentialsCache::peek`].
    #[must_use]
    pub fn peek(&self) -> Option<Credentials> {
        self.cache.peek()
    }

    /// Refreshes, or joins the refresh in flight; during a backoff, returns the last error.
    ///
    /// # Errors
    ///
    /// As [`CredentialsCache::refresh`].
    ///
    /// # Cancel safety
    ///
    /// As [`CredentialsCache::refresh`].
    pub async fn refresh(&self) -> Result<Credentials, Error> {
        self.cache.refresh().await
    }

    /// Refreshes, or joins the refresh in flight, also during a backoff:
    /// [`CredentialsCache::refresh_now`].
    ///
    /// # Errors
    ///
    /// As [`CredentialsCache::refresh_now`].
    ///
    /// # Cancel safety
    ///
    /// As [`CredentialsCache::refresh_now`].
    pub async fn refresh_now(&self) -> Result<Credentials, Error> {
        self.cache.refresh_now().await
    }

    /// Declares the credentials unusable: [`CredentialsCache::invalidate`].
    pub fn invalidate(&self) {
        self.cache.invalidate();
    }

    /// Declares the credentials unusable if they have this access key id:
    /// [`CredentialsCache::invalidate_if`].
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

    /// A reader of its own for a loop that reads often: [`CredentialsCache::reader`].
    #[must_use]
    pub fn reader(&self) -> Reader<Credentials> {
        self.cache.reader()
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
        self.cache.provider_sources()
    }

    fn reject(&self, access_key_id: &str) {
        self.invalidate_if(access_key_id);
    }

    fn session_key(&self) -> Option<SessionKey> {
        self.cache.session_key()
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
struct Provider(CredentialsCache);

impl ProvideCredentials for Provider {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        provide(&self.0)
    }
}

/// Ready on a hit, so that it costs no allocation; a boxed future otherwise.
fn provide(cache: &CredentialsCache) -> future::ProvideCredentials<'_> {
    match cache.hit(|credentials| SdkForm::credentials(credentials).cloned().map_err(Error::clone))
    {
        Some(Ok(hit)) => future::ProvideCredentials::ready(Ok(hit)),
        Some(Err(unsignable)) => future::ProvideCredentials::ready(Err(sdk_error(unsignable))),
        None => future::ProvideCredentials::new(load(cache)),
    }
}

async fn load(cache: &CredentialsCache) -> provider::Result {
    let read = |credentials: &_| SdkForm::credentials(credentials).cloned().map_err(Error::clone);
    cache.read(read).await.flatten().map_err(sdk_error)
}
