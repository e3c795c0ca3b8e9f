use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider, future};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime_api::client::identity::{
    Identity, ResolveCachedIdentity, SharedIdentityCache, SharedIdentityResolver,
};
use aws_smithy_runtime_api::client::runtime_components::{
    RuntimeComponents, RuntimeComponentsBuilder,
};
use aws_smithy_types::config_bag::ConfigBag;

use super::ours_for_sdk::sdk_cache;
use crate::contender::{Contender, Level};
use crate::upstream::{Refused, Upstream};

/// Where a client of the SDK asks for an identity, with what it has at hand there.
pub(super) struct Seam {
    cache: SharedIdentityCache,
    resolver: SharedIdentityResolver,
    components: RuntimeComponents,
    config: ConfigBag,
}

impl Seam {
    pub(super) fn new(cache: SharedIdentityCache, provider: SharedCredentialsProvider) -> Self {
        let components = RuntimeComponentsBuilder::for_tests()
            .with_time_source(Some(SystemTimeSource::new()))
            .with_sleep_impl(Some(TokioSleep::new()))
            .with_identity_cache(Some(cache.clone()))
            .build();
        #[expect(clippy::expect_used, reason = "what is required was just given")]
        let components = components.expect("all components are there");
        let resolver = SharedIdentityResolver::new(provider);
        Self { cache, resolver, components, config: ConfigBag::base() }
    }

    /// As the orchestrator does at each attempt: with a clone of the resolver.
    pub(super) async fn identity(&self) -> Result<Identity, Refused> {
        let resolver = self.resolver.clone();
        let resolved =
            self.cache.resolve_cached_identity(resolver, &self.components, &self.config).await;
        resolved.map_err(|_| Refused)
    }
}

/// The cache that every client of the SDK has if nothing else is said.
pub(super) struct Lazy(Seam);

impl Contender for Lazy {
    const NAME: &'static str = "sdk-lazy";
    const HOLDS: &'static str = "IdentityCache::lazy of aws-smithy-runtime";
    const LEVEL: Level = Level::SdkSeam;
    type Value = Identity;

    fn build(upstream: Upstream) -> Self {
        // It takes a random half to whole of it.
        let buffer = upstream.ahead().min(DEFAULT_BUFFER);
        let cache = IdentityCache::lazy().buffer_time(buffer).build();
        Self(Seam::new(cache, SharedCredentialsProvider::new(FromUpstream(upstream))))
    }

    async fn get(&self) -> Result<Identity, Refused> {
        self.0.identity().await
    }
}

/// The SDK's cache left in place, with our cache as the provider below it.
pub(super) struct LazyOverOurs(Seam);

impl Contender for LazyOverOurs {
    const NAME: &'static str = "sdk-lazy-over-stscreds";
    const HOLDS: &'static str = "IdentityCache::lazy in front of SdkCache::credentials_provider";
    const LEVEL: Level = Level::SdkSeam;
    type Value = Identity;

    fn build(upstream: Upstream) -> Self {
        let buffer = (upstream.ahead() / 4).min(DEFAULT_BUFFER);
        let cache = IdentityCache::lazy().buffer_time(buffer).build();
        Self(Seam::new(cache, sdk_cache(upstream).credentials_provider()))
    }

    async fn get(&self) -> Result<Identity, Refused> {
        self.0.identity().await
    }
}

/// The SDK's own.
const DEFAULT_BUFFER: Duration = Duration::from_secs(10);

/// The upstream as a provider of the SDK's.
#[derive(Debug)]
pub(crate) struct FromUpstream(pub(crate) Upstream);

impl FromUpstream {
    async fn load(&self) -> provider::Result {
        match self.0.fetch().await {
            Ok(issued) => Ok(issued.sdk()),
            Err(refused) => Err(CredentialsError::provider_error(refused)),
        }
    }
}

impl ProvideCredentials for FromUpstream {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.load())
    }
}
