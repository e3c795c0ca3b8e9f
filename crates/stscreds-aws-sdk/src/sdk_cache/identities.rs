use std::fmt;

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime_api::client::identity::{
    IdentityCachePartition, IdentityFuture, ResolveCachedIdentity, ResolveIdentity,
    SharedIdentityCache, SharedIdentityResolver,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use stscreds_cache::CredentialsCache;
use stscreds_core::Error;

use super::form::SdkForm;
use crate::sdk_provider::sdk_error;

/// Our cache where a client of the SDK looks for identities.
///
/// One client asks it for everything it signs with: what is not ours is told by its
/// partition and left to a cache of the SDK's.
pub(super) struct Identities {
    cache: CredentialsCache,
    ours: Option<IdentityCachePartition>,
    others: SharedIdentityCache,
}

impl Identities {
    pub(super) fn new(cache: CredentialsCache, provider: &SharedCredentialsProvider) -> Self {
        Self { cache, ours: provider.cache_partition(), others: IdentityCache::lazy().build() }
    }
}

impl ResolveCachedIdentity for Identities {
    fn resolve_cached_identity<'a>(
        &'a self,
        resolver: SharedIdentityResolver,
        runtime_components: &'a RuntimeComponents,
        config_bag: &'a ConfigBag,
    ) -> IdentityFuture<'a> {
        if Some(resolver.cache_partition()) != self.ours {
            return self.others.resolve_cached_identity(resolver, runtime_components, config_bag);
        }
        // A hit has no use for it, and its count is the one that all threads share: given back at once, it is likelier to be
        // still this core's.
        drop(resolver);
        // The whole answer, as an identity that is put into one later is copied twice more.
        let hit = self.cache.hit(|credentials| match SdkForm::identity(credentials) {
            Ok(identity) => IdentityFuture::ready(Ok(identity.clone())),
            Err(unsignable) => IdentityFuture::ready(Err(sdk_error(unsignable.clone()).into())),
        });
        match hit {
            Some(hit) => hit,
            None => IdentityFuture::new(async {
                let read =
                    |credentials: &_| SdkForm::identity(credentials).cloned().map_err(Error::clone);
                let identity = self.cache.read(read).await.flatten();
                identity.map_err(|error| sdk_error(error).into())
            }),
        }
    }
}

impl fmt::Debug for Identities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Identities").field(&self.cache).finish()
    }
}
