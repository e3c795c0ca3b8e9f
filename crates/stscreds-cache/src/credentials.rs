use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use stscreds_core::{
    Clock, Credentials, CredentialsProvider, Error, ProviderSource, SessionKey, Timestamp,
};

use crate::cache::{Cache, CacheBuilder, Reader};
use crate::decide::policy::RefreshPolicy;
use crate::observe::observer::Observer;
use crate::observe::stats::Stats;
use crate::observe::subscription::Subscription;
use crate::run::upkeep::Upkeep;
use crate::skew::ClockSkew;
use crate::value::Source;

/// Keeps AWS credentials fresh, for any number of tasks.
///
/// A cheap handle: clones are the same cache. Also a [`CredentialsProvider`], so that
/// it goes wherever a provider does.
///
/// ```
/// use stscreds_cache::CredentialsCache;
/// use stscreds_core::{Credentials, Error};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Error> {
/// let cache = CredentialsCache::new(async || Ok(Credentials::new("AKIAEXAMPLE", "a secret")));
///
/// let credentials = cache.credentials().await?;
///
/// assert_eq!(credentials.access_key_id(), "AKIAEXAMPLE");
/// assert_eq!(cache.with(|c| c.access_key_id().len()), Some(11));
/// # Ok(()) }
/// ```
///
/// Several caches over one provider do not know of each other: each makes its own
/// calls. Clone the cache instead. A cache over a cache works: the inner one decides when
/// the source is contacted, the outer one adds its own windows, and a rejection of the
/// outer one's credentials reaches both.
#[derive(Clone)]
pub struct CredentialsCache {
    cache: Cache<Credentials>,
    provider: Arc<dyn CredentialsProvider>,
}

impl CredentialsCache {
    /// A cache over `provider` with the default policy.
    ///
    /// It contacts nothing and starts nothing until it is asked.
    #[must_use]
    pub fn new(provider: impl CredentialsProvider + 'static) -> Self {
        Self::builder(provider).build()
    }

    /// Credentials that are kept already, as an entry of a pool.
    #[cfg(feature = "pool")]
    pub(crate) fn of(cache: Cache<Credentials>, provider: Arc<dyn CredentialsProvider>) -> Self {
        Self { cache, provider }
    }

    /// A cache over `provider` with options.
    pub fn builder(provider: impl CredentialsProvider + 'static) -> CredentialsCacheBuilder {
        let provider: Arc<dyn CredentialsProvider> = Arc::new(provider);
        CredentialsCacheBuilder {
            builder: Cache::builder(FromProvider(Arc::clone(&provider))),
            provider,
        }
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
    pub fn credentials(&self) -> impl Future<Output = Result<Credentials, Error>> + Send {
        // The future itself, as one around it would cost a hit two nanoseconds.
        self.cache.get()
    }

    /// Reads the credentials in place if [`credentials`](Self::credentials) would
    /// return them at once: [`Cache::with`].
    pub fn with<R>(&self, read: impl FnOnce(&Credentials) -> R) -> Option<R> {
        self.cache.with(read)
    }

    /// Reads the credentials in place if there is nothing to do but to serve them:
    /// [`Cache::hit`].
    pub fn hit<R>(&self, read: impl FnOnce(&Credentials) -> R) -> Option<R> {
        self.cache.hit(read)
    }

    /// Reads the credentials in place, and waits for a refresh if there is nothing to read at
    /// once: [`Cache::read`].
    ///
    /// # Errors
    ///
    /// As [`Cache::get`].
    ///
    /// # Cancel safety
    ///
    /// As [`Cache::get`].
    pub async fn read<R>(&self, read: impl FnOnce(&Credentials) -> R) -> Result<R, Error> {
        self.cache.read(read).await
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
        self.cache.remaining(at_least).await
    }

    /// The credentials if they are valid now: [`Cache::peek`].
    #[must_use]
    pub fn peek(&self) -> Option<Credentials> {
        self.cache.peek()
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
        self.cache.refresh().await
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
        self.cache.refresh_now().await
    }

    /// Declares the credentials unusable: [`Cache::invalidate`].
    pub fn invalidate(&self) {
        self.cache.invalidate();
    }

    /// Declares the credentials unusable if they have this access key id:
    /// [`Cache::invalidate_if`].
    ///
    /// For services' `ExpiredToken`, `ExpiredTokenException` and `InvalidToken`, and
    /// never for `AccessDenied`, which no refresh cures.
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

    /// A reader of its own for a loop that reads often: [`Cache::reader`].
    #[must_use]
    pub fn reader(&self) -> Reader<Credentials> {
        self.cache.reader()
    }
}

#[async_trait]
impl CredentialsProvider for CredentialsCache {
    async fn credentials(&self) -> Result<Credentials, Error> {
        self.credentials().await
    }

    async fn remaining(&self, at_least: Duration) -> Result<Credentials, Error> {
        self.cache.remaining(at_least).await
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

impl fmt::Debug for CredentialsCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CredentialsCache").field(&self.cache).finish()
    }
}

/// Builds a [`CredentialsCache`]; made by [`CredentialsCache::builder`].
#[must_use = "call `build` to get the cache"]
pub struct CredentialsCacheBuilder {
    builder: CacheBuilder<Credentials>,
    provider: Arc<dyn CredentialsProvider>,
}

impl CredentialsCacheBuilder {
    /// When to refresh: [`CacheBuilder::policy`].
    pub fn policy(self, policy: impl Into<Arc<RefreshPolicy>>) -> Self {
        self.with(|builder| builder.policy(policy))
    }

    /// The clock: [`CacheBuilder::clock`].
    pub fn clock(self, clock: impl Into<Clock>) -> Self {
        self.with(|builder| builder.clock(clock))
    }

    /// Overrides the random numbers: [`CacheBuilder::chance`].
    pub fn chance(self, draw: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.with(|builder| builder.chance(draw))
    }

    /// Who starts a due refresh: [`CacheBuilder::upkeep`].
    pub fn upkeep(self, upkeep: Upkeep) -> Self {
        self.with(|builder| builder.upkeep(upkeep))
    }

    /// Corrects expiries by the server's clock: [`CacheBuilder::clock_skew`].
    pub fn clock_skew(self, skew: ClockSkew) -> Self {
        self.with(|builder| builder.clock_skew(skew))
    }

    /// Receives every event of the cache: [`CacheBuilder::observer`].
    pub fn observer(self, observer: Observer) -> Self {
        self.with(|builder| builder.observer(observer))
    }

    /// The lean form: [`CacheBuilder::lean`].
    pub fn lean(self) -> Self {
        self.with(CacheBuilder::lean)
    }

    /// What to do about a failed refresh: [`CacheBuilder::handle_failure`].
    pub fn handle_failure(
        self,
        handle: impl Fn(Option<&Credentials>, &Error) -> Result<Credentials, Error>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.with(|builder| builder.handle_failure(handle))
    }

    /// When credentials are due: [`CacheBuilder::adjust_expiry`].
    pub fn adjust_expiry(
        self,
        adjust: impl Fn(&Credentials, Duration) -> Result<Timestamp, Error> + Send + Sync + 'static,
    ) -> Self {
        self.with(|builder| builder.adjust_expiry(adjust))
    }

    /// A name for events and log lines.
    pub fn name(self, name: impl Into<Arc<str>>) -> Self {
        self.with(|builder| builder.name(name))
    }

    /// The cache. It contacts nothing and starts nothing until it is asked.
    #[must_use]
    pub fn build(self) -> CredentialsCache {
        CredentialsCache { cache: self.builder.build(), provider: self.provider }
    }

    fn with(
        self,
        option: impl FnOnce(CacheBuilder<Credentials>) -> CacheBuilder<Credentials>,
    ) -> Self {
        Self { builder: option(self.builder), ..self }
    }
}

impl fmt::Debug for CredentialsCacheBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.builder.fmt(f)
    }
}

struct FromProvider(Arc<dyn CredentialsProvider>);

#[async_trait]
impl Source<Credentials> for FromProvider {
    async fn value(&self) -> Result<Credentials, Error> {
        self.0.credentials().await
    }

    fn reject(&self, id: &str) {
        self.0.reject(id);
    }
}
