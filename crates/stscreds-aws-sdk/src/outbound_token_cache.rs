use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use stscreds_cache::policy::Window;
use stscreds_cache::{Cache, CacheBuilder, RefreshPolicy};
use stscreds_core::{Error, Expires, Timestamp};
use stscreds_provider::{OutboundToken, OutboundTokenProvider};
use stscreds_token::{IdentityToken, IdentityTokenRetriever};

/// Tokens of an [`OutboundTokenProvider`], kept fresh.
///
/// Each is replaced when half of its life is over or a little earlier, in the background, so
/// that the service which takes it has time left. A token that has expired is not served. It
/// is an [`IdentityTokenRetriever`], so whatever takes identity tokens takes it.
///
/// ```no_run
/// use stscreds_aws_sdk::{OutboundTokenCache, StsClient};
/// use stscreds_provider::OutboundTokenProvider;
/// use stscreds_token::IdentityTokenRetriever;
///
/// # async fn example(sdk_config: aws_types::SdkConfig) -> Result<(), stscreds_core::Error> {
/// let audience = "https://vault.example".parse()?;
/// let provider = OutboundTokenProvider::builder(StsClient::new(&sdk_config), audience).build();
/// let tokens = OutboundTokenCache::new(provider);
///
/// let token = tokens.identity_token().await?;
/// # Ok(()) }
/// ```
///
/// Cheap to clone; clones share the tokens.
#[derive(Clone)]
pub struct OutboundTokenCache(Arc<Cache<Arc<OutboundToken>>>);

impl OutboundTokenCache {
    /// A cache over this provider. It calls nothing until it is asked.
    #[must_use]
    pub fn new(provider: OutboundTokenProvider) -> Self {
        Self::with(provider, |builder| builder)
    }

    /// A cache with options, such as a clock:
    /// `OutboundTokenCache::with(provider, |builder| builder.clock(clock))`.
    #[must_use]
    pub fn with(
        provider: OutboundTokenProvider,
        options: impl FnOnce(CacheBuilder<Arc<OutboundToken>>) -> CacheBuilder<Arc<OutboundToken>>,
    ) -> Self {
        let provider = Arc::new(provider);
        let source = move || {
            let provider = Arc::clone(&provider);
            async move { provider.token().await.map(Arc::new) }
        };
        Self(Arc::new(options(Cache::builder(source).policy(at_half_life())).build()))
    }

    /// A token, and when it expires.
    ///
    /// # Errors
    ///
    /// Those of [`OutboundTokenProvider::token`], when there is no token that is still
    /// valid.
    ///
    /// # Cancel safety
    ///
    /// A refresh runs in a task of its own: dropping the future changes nothing for it.
    pub async fn token(&self) -> Result<OutboundToken, Error> {
        self.0.read(|token| OutboundToken::clone(token)).await
    }

    /// The cache itself, for its statistics and events, or to replace a token early.
    #[must_use]
    pub fn cache(&self) -> &Cache<Arc<OutboundToken>> {
        &self.0
    }
}

/// A window without end, which the cache cuts down to half of a token's lifetime. No service
/// takes a token that has expired, however long STS is out of order.
fn at_half_life() -> RefreshPolicy {
    let mut policy = RefreshPolicy::default();
    policy.advisory = Window::Fixed(Duration::MAX);
    policy.max_stale = Duration::ZERO;
    policy
}

#[async_trait]
impl IdentityTokenRetriever for OutboundTokenCache {
    async fn identity_token(&self) -> Result<IdentityToken, Error> {
        self.0.read(|token| token.identity_token().clone()).await
    }
}

impl fmt::Debug for OutboundTokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let expires_at: Option<Timestamp> = self.0.peek().and_then(|token| token.expires_at());
        f.debug_struct("OutboundTokenCache")
            .field("expires_at", &expires_at)
            .finish_non_exhaustive()
    }
}
