use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::identity::Identity;
use stscreds_aws_sdk::SdkCache;

use super::sdk_seam::Seam;
use crate::contender::{Contender, Invalidation, Level};
use crate::upstream::{Refused, Upstream};

/// What an SDK configuration takes as `credentials_provider`.
pub(super) struct Provider {
    cache: SdkCache,
    provider: SharedCredentialsProvider,
}

impl Contender for Provider {
    const NAME: &'static str = "stscreds-sdk-provider";
    const HOLDS: &'static str = "SdkCache::credentials_provider";
    const LEVEL: Level = Level::Provider;
    const TWIN: Option<&'static str> = Some(IdentityCache::NAME);
    type Value = aws_credential_types::Credentials;

    fn build(upstream: Upstream) -> Self {
        let cache = sdk_cache(upstream);
        Self { provider: cache.credentials_provider(), cache }
    }

    async fn get(&self) -> Result<Self::Value, Refused> {
        self.provider.provide_credentials().await.map_err(|_| Refused)
    }

    fn invalidate(&self) -> Invalidation {
        self.cache.invalidate();
        Invalidation::Done
    }
}

/// What an SDK configuration takes as `identity_cache`, asked as a client asks it.
pub(super) struct IdentityCache {
    cache: SdkCache,
    seam: Seam,
}

impl Contender for IdentityCache {
    const NAME: &'static str = "stscreds-sdk-identity";
    const HOLDS: &'static str = "SdkCache::identity_cache";
    const LEVEL: Level = Level::SdkSeam;
    type Value = Identity;

    fn build(upstream: Upstream) -> Self {
        let cache = sdk_cache(upstream.clone());
        let seam = Seam::new(cache.identity_cache(), cache.credentials_provider(), &upstream);
        Self { cache, seam }
    }

    fn get(&self) -> impl Future<Output = Result<Identity, Refused>> + Send {
        self.seam.identity()
    }

    fn invalidate(&self) -> Invalidation {
        self.cache.invalidate();
        Invalidation::Done
    }
}

pub(super) fn sdk_cache(upstream: Upstream) -> SdkCache {
    let (policy, clock) = (super::scaled_policy(&upstream), super::clock_for(&upstream));
    let source = move || {
        let upstream = upstream.clone();
        async move { Ok(upstream.fetch().await?.ours()) }
    };
    SdkCache::configured(source, |cache| cache.policy(policy).clock(clock))
}
