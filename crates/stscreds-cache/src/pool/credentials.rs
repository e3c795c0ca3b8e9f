//! A pool of AWS credentials.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use stscreds_core::{Credentials, CredentialsProvider, Error, ProviderSource, SessionKey};

use super::builder::{CredentialsPoolBuilder, PoolBuilder, provider_of};
use super::keyed::KeyedSource;
use super::{Key, Pool, PoolStats, Warming};
use crate::credentials::CredentialsCache;
use crate::observe::subscription::Subscription;

/// The provider of a key, built when it is needed.
pub(super) type ProviderOf<K> = Arc<dyn Fn(&K) -> Arc<dyn CredentialsProvider> + Send + Sync>;

/// Keeps AWS credentials for each of many keys: customers, accounts, roles.
///
/// A cheap handle; clones are the same pool. See the [module](super).
pub struct CredentialsPool<K: Key> {
    pool: Pool<K, Credentials>,
    provider_of: Option<ProviderOf<K>>,
}

impl<K: Key> CredentialsPool<K> {
    /// A pool of what this source yields; it gets the key by value. Each call takes one permit of
    /// the budget.
    pub fn builder<S, Fut>(source: S) -> CredentialsPoolBuilder<K>
    where
        S: Fn(K) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Credentials, Error>> + Send + 'static,
    {
        CredentialsPoolBuilder { builder: Pool::builder(source), provider_of: None }
    }

    /// A pool of what a provider for each key yields; it is built anew for each refresh, so that
    /// an idle key keeps none.
    ///
    /// The *client* of the providers takes permits of the budget, one for each request that it
    /// sends, retries included: give the same budget to it
    /// (`StsClient::budget` of `stscreds-aws-sdk`). So a provider that waits for another role, a
    /// person or a token holds no part of it.
    pub fn by_provider<P>(
        provider_for: impl Fn(&K) -> P + Send + Sync + 'static,
    ) -> CredentialsPoolBuilder<K>
    where
        P: CredentialsProvider + 'static,
    {
        let provider_of = provider_of(provider_for);
        let mut builder = PoolBuilder::new(Box::new(ByProvider(Arc::clone(&provider_of))));
        builder.source_asks_budget = true;
        CredentialsPoolBuilder { builder, provider_of: Some(provider_of) }
    }

    pub(super) fn new(pool: Pool<K, Credentials>, provider_of: Option<ProviderOf<K>>) -> Self {
        Self { pool, provider_of }
    }

    /// The credentials of this key: [`Pool::get`].
    ///
    /// # Errors
    ///
    /// As [`Pool::get`].
    ///
    /// # Cancel safety
    ///
    /// As [`Pool::get`].
    pub async fn credentials(&self, key: &K) -> Result<Credentials, Error> {
        self.pool.get(key).await
    }

    /// The credentials of this key with at least so much life left: [`Pool::remaining`].
    ///
    /// # Errors
    ///
    /// As [`Pool::get`].
    ///
    /// # Cancel safety
    ///
    /// As [`Pool::get`].
    pub async fn remaining(&self, key: &K, at_least: Duration) -> Result<Credentials, Error> {
        self.pool.remaining(key, at_least).await
    }

    /// Reads the credentials of this key in place: [`Pool::with`].
    pub fn with<R>(&self, key: &K, read: impl FnOnce(&Credentials) -> R) -> Option<R> {
        self.pool.with(key, read)
    }

    /// The credentials of this key if they are valid now: [`Pool::peek`].
    #[must_use]
    pub fn peek(&self, key: &K) -> Option<Credentials> {
        self.pool.peek(key)
    }

    /// The cache of this key, for SDK clients and whatever else takes one: [`Pool::cache`].
    #[must_use]
    pub fn cache(&self, key: &K) -> CredentialsCache {
        let provider = match &self.provider_of {
            Some(provider_of) => provider_of(key),
            None => Arc::new(Unknown),
        };
        CredentialsCache::of(self.pool.cache(key), provider)
    }

    /// Declares the credentials of this key unusable: [`Pool::invalidate`].
    pub fn invalidate(&self, key: &K) {
        self.pool.invalidate(key);
    }

    /// Declares all credentials unusable of which this is true: [`Pool::invalidate_where`].
    pub fn invalidate_where(&self, is_meant: impl Fn(&K, &Credentials) -> bool) -> usize {
        self.pool.invalidate_where(is_meant)
    }

    /// Forgets this key: [`Pool::remove`].
    pub fn remove(&self, key: &K) {
        self.pool.remove(key);
    }

    /// Fetches the credentials of these keys with the least urgency: [`Pool::warm`].
    #[must_use = "nothing is fetched unless it is awaited"]
    pub fn warm(&self, keys: impl IntoIterator<Item = K>) -> Warming<K, Credentials> {
        self.pool.warm(keys)
    }

    /// What the pool has done and where it stands.
    #[must_use]
    pub fn stats(&self) -> PoolStats {
        self.pool.stats()
    }

    /// The events of all keys from now on.
    #[must_use]
    pub fn subscribe(&self) -> Subscription {
        self.pool.subscribe()
    }
}

impl<K: Key> Clone for CredentialsPool<K> {
    fn clone(&self) -> Self {
        Self { pool: self.pool.clone(), provider_of: self.provider_of.clone() }
    }
}

impl<K: Key> fmt::Debug for CredentialsPool<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CredentialsPool").field(&self.stats()).finish()
    }
}

struct ByProvider<K>(ProviderOf<K>);

#[async_trait]
impl<K: Key> KeyedSource<K, Credentials> for ByProvider<K> {
    async fn value(&self, key: K) -> Result<Credentials, Error> {
        let provider = self.0(&key);
        provider.credentials().await
    }

    fn reject(&self, key: &K, id: &str) {
        self.0(key).reject(id);
    }
}

/// The provider of a key of which nothing is known but what its source yields.
struct Unknown;

#[async_trait]
impl CredentialsProvider for Unknown {
    async fn credentials(&self) -> Result<Credentials, Error> {
        Err(Error::new(stscreds_core::ErrorKind::Bug, "the cache of a pool asked no provider"))
    }

    fn provider_sources(&self) -> Vec<ProviderSource> {
        Vec::new()
    }

    fn session_key(&self) -> Option<SessionKey> {
        None
    }
}
