use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider, future};
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime_api::client::identity::{
    Identity, ResolveCachedIdentity, SharedIdentityCache, SharedIdentityResolver,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use tokio::runtime::Handle;

use super::ours_for_sdk::sdk_cache;
use super::sdk_seam::{Seam, components};
use crate::contender::{Contender, Level};
use crate::many::Filled;
use crate::upstream::{Refused, Upstream};
use crate::waiting::Waiting;

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
        let provider = SharedCredentialsProvider::new(FromUpstream(upstream.clone()));
        Self(Seam::new(cache, provider, &upstream))
    }

    fn get(&self) -> impl Future<Output = Result<Identity, Refused>> + Send {
        self.0.identity()
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
        let ours = sdk_cache(upstream.clone());
        Self(Seam::new(cache, ours.credentials_provider(), &upstream))
    }

    fn get(&self) -> impl Future<Output = Result<Identity, Refused>> + Send {
        self.0.identity()
    }
}

/// One cache of the SDK's that knows many providers.
pub(crate) struct Crowd {
    cache: SharedIdentityCache,
    resolvers: Vec<SharedIdentityResolver>,
    components: RuntimeComponents,
    config: ConfigBag,
    runtime: Handle,
}

pub(crate) async fn crowd_of_lazy(count: usize) -> Result<Crowd, Refused> {
    let cache = IdentityCache::lazy().max_partitions(count.max(1)).build();
    let upstream = Upstream::instant();
    let resolver = |_| {
        let provider = FromUpstream(upstream.clone());
        SharedIdentityResolver::new(SharedCredentialsProvider::new(provider))
    };
    let resolvers: Vec<_> = (0..count).map(resolver).collect();
    let (components, config) = (components(&cache, &upstream), ConfigBag::base());
    for resolver in &resolvers {
        let resolved = cache.resolve_cached_identity(resolver.clone(), &components, &config);
        resolved.await.map_err(|_| Refused)?;
    }
    Ok(Crowd { cache, resolvers, components, config, runtime: Handle::current() })
}

impl Filled for Crowd {
    fn read(&self, key: usize) -> usize {
        let _within = self.runtime.enter();
        let resolver = self.resolvers[key].clone();
        let hit = self.cache.resolve_cached_identity(resolver, &self.components, &self.config);
        usize::from(Waiting::here().for_output_of(hit).is_ok())
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
