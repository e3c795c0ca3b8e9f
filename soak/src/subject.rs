use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use stscreds_aws_sdk::SdkCache;
use stscreds_cache::{CredentialsCache, CredentialsCacheBuilder};
use stscreds_core::{Clock, Credentials, CredentialsProvider, Error};

use crate::preset::Preset;

/// Something that keeps credentials fresh, or says so: what is watched.
#[async_trait]
pub trait Subject: Send + Sync {
    /// The credentials.
    ///
    /// # Errors
    ///
    /// Whatever the subject has.
    ///
    /// # Cancel safety
    ///
    /// The run drops it at any point.
    async fn credentials(&self) -> Result<Credentials, Error>;

    /// New credentials.
    ///
    /// # Errors
    ///
    /// Whatever the subject has.
    ///
    /// # Cancel safety
    ///
    /// The run drops it at any point.
    async fn refresh(&self) -> Result<Credentials, Error> {
        self.credentials().await
    }

    /// Declares the credentials unusable.
    fn invalidate(&self) {}

    /// Whether what it has is valid, if it owes that also while nobody calls.
    fn is_fresh_uncalled(&self) -> bool {
        true
    }

    /// What `Debug` and statistics show.
    fn shown(&self) -> String {
        String::new()
    }
}

/// What a subject stands before.
#[expect(clippy::exhaustive_structs, reason = "all that a cache needs")]
pub struct Upstream {
    /// Where credentials come from.
    pub provider: Arc<dyn CredentialsProvider>,
    /// The same, behind the back of who counts.
    pub uncounted: Arc<dyn CredentialsProvider>,
    /// What is expected of the subject.
    pub preset: Preset,
    /// What time it is on this machine.
    pub clock: Clock,
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upstream").field("preset", &self.preset).finish_non_exhaustive()
    }
}

impl Upstream {
    pub(crate) fn cache(self) -> CredentialsCache {
        self.builder().build()
    }

    pub(crate) fn builder(self) -> CredentialsCacheBuilder {
        let Self { provider, preset, clock, .. } = self;
        CredentialsCache::builder(provider).policy(preset.policy()).clock(clock)
    }

    pub(crate) fn sdk_cache(self) -> SdkCache {
        let Self { provider, preset, clock, .. } = self;
        SdkCache::configured(provider, |cache| cache.policy(preset.policy()).clock(clock))
    }
}

#[async_trait]
impl Subject for CredentialsCache {
    async fn credentials(&self) -> Result<Credentials, Error> {
        self.credentials().await
    }

    async fn refresh(&self) -> Result<Credentials, Error> {
        self.refresh().await
    }

    fn invalidate(&self) {
        self.invalidate();
    }

    fn shown(&self) -> String {
        format!("{self:?} {:?} {:?}\n", self.stats(), self.peek())
    }
}

/// Our cache with a task that refreshes it.
pub(crate) struct Background(pub(crate) CredentialsCache);

#[async_trait]
impl Subject for Background {
    async fn credentials(&self) -> Result<Credentials, Error> {
        self.0.credentials().await
    }

    async fn refresh(&self) -> Result<Credentials, Error> {
        self.0.refresh().await
    }

    fn invalidate(&self) {
        self.0.invalidate();
    }

    fn is_fresh_uncalled(&self) -> bool {
        self.0.peek().is_some()
    }

    fn shown(&self) -> String {
        self.0.shown()
    }
}

/// A client of the SDK over our cache, which calls a service each time that it is asked.
pub(crate) struct Client {
    pub(crate) cache: SdkCache,
    pub(crate) client: aws_sdk_sts::Client,
}

#[async_trait]
impl Subject for Client {
    async fn credentials(&self) -> Result<Credentials, Error> {
        // What the service says is its business; what the cache has afterwards is ours.
        let _ = self.client.get_caller_identity().send().await;
        self.cache.credentials().await
    }

    async fn refresh(&self) -> Result<Credentials, Error> {
        self.cache.refresh().await
    }

    fn invalidate(&self) {
        self.cache.invalidate();
    }

    fn shown(&self) -> String {
        format!("{:?} {:?} {:?}\n", self.cache, self.cache.stats(), self.client)
    }
}
