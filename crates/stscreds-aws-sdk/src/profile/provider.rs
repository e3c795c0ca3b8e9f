use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use stscreds_core::{Credentials, CredentialsProvider, Error, ProviderSource, SessionKey};

/// The credentials of a profile; made by [`ProfileLoader::load`](crate::ProfileLoader::load).
///
/// A cheap handle. The roles on the way are cached, the last one is not: put an
/// [`SdkCache`](crate::SdkCache) in front, whose windows then decide when it is assumed
/// anew.
#[derive(Clone)]
pub struct ProfileProvider {
    pub(super) provider: Arc<dyn CredentialsProvider>,
    pub(super) profile: Arc<str>,
    pub(super) region: Option<Arc<str>>,
}

impl ProfileProvider {
    /// The name of the profile.
    #[must_use]
    pub fn profile(&self) -> &str {
        &self.profile
    }

    /// The region that was found, for clients other than STS's.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }
}

/// # Errors
///
/// Those of the providers on the way. All that is wrong in the profile itself was told
/// when it was loaded.
///
/// # Cancel safety
///
/// Dropping the future abandons the last call; the roles on the way are refreshed by
/// tasks of their own.
#[async_trait]
impl CredentialsProvider for ProfileProvider {
    async fn credentials(&self) -> Result<Credentials, Error> {
        self.provider.credentials().await
    }

    async fn remaining(&self, at_least: Duration) -> Result<Credentials, Error> {
        self.provider.remaining(at_least).await
    }

    fn provider_sources(&self) -> Vec<ProviderSource> {
        self.provider.provider_sources()
    }

    fn reject(&self, access_key_id: &str) {
        self.provider.reject(access_key_id);
    }

    fn session_key(&self) -> Option<SessionKey> {
        self.provider.session_key()
    }
}

impl fmt::Debug for ProfileProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProfileProvider")
            .field("profile", &self.profile)
            .field("region", &self.region)
            .field("sources", &self.provider_sources())
            .finish_non_exhaustive()
    }
}
