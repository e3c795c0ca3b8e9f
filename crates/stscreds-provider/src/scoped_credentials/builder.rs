use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use stscreds_core::Clock;

use super::{
    MinimumSessionTokenSize, ScopedCredentialsClient, ScopedCredentialsProvider,
    ScopedCredentialsRequest, ScopedDuration, ScopedLifetime, ScopedPolicy,
    ScopedSessionDescription,
};

/// Builds a [`ScopedCredentialsProvider`]; made by
/// [`with_policy`](ScopedCredentialsProvider::with_policy) or
/// [`with_duration`](ScopedCredentialsProvider::with_duration).
///
/// By what it begins with: STS refuses a call with neither a policy nor a duration, so
/// there is no builder of one.
#[must_use = "call `build` to get the provider"]
pub struct ScopedCredentialsProviderBuilder<B> {
    client: Arc<dyn ScopedCredentialsClient>,
    request: ScopedCredentialsRequest,
    lifetime: ScopedLifetime,
    clock: Clock,
    begins_with: PhantomData<fn() -> B>,
}

impl<B> ScopedCredentialsProviderBuilder<B> {
    fn new(
        client: Arc<dyn ScopedCredentialsClient>,
        policy: Option<ScopedPolicy>,
        lifetime: ScopedLifetime,
    ) -> Self {
        let request = ScopedCredentialsRequest { policy, ..ScopedCredentialsRequest::default() };
        Self { client, request, lifetime, clock: Clock::system(), begins_with: PhantomData }
    }

    /// What the credentials are for, as CloudTrail records it.
    pub fn description(mut self, description: ScopedSessionDescription) -> Self {
        self.request.description = Some(description);
        self
    }

    /// The least size of the session token, to test what larger ones do.
    pub fn minimum_session_token_size(mut self, size: MinimumSessionTokenSize) -> Self {
        self.request.minimum_session_token_size = Some(size);
        self
    }

    /// The clock that the remaining life of the parent is measured by.
    pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
        self.clock = clock.into();
        self
    }

    /// The provider.
    #[must_use]
    pub fn build(self) -> ScopedCredentialsProvider {
        ScopedCredentialsProvider::new(self.client, self.request, self.lifetime, self.clock)
    }
}

impl ScopedCredentialsProviderBuilder<ScopedPolicy> {
    pub(super) fn with_policy(
        client: Arc<dyn ScopedCredentialsClient>,
        policy: ScopedPolicy,
    ) -> Self {
        Self::new(client, Some(policy), ScopedLifetime::Inherit)
    }

    /// How long the credentials last; if not set, as long as the session that they are made
    /// from.
    pub fn lifetime(mut self, lifetime: ScopedLifetime) -> Self {
        self.lifetime = lifetime;
        self
    }
}

impl ScopedCredentialsProviderBuilder<ScopedDuration> {
    pub(super) fn with_duration(
        client: Arc<dyn ScopedCredentialsClient>,
        duration: ScopedDuration,
    ) -> Self {
        Self::new(client, None, ScopedLifetime::AtMost(duration))
    }

    /// It is an error if the session that the credentials are made from ends earlier.
    pub fn exactly(mut self) -> Self {
        if let ScopedLifetime::AtMost(duration) = self.lifetime {
            self.lifetime = ScopedLifetime::Exactly(duration);
        }
        self
    }
}

impl<B> fmt::Debug for ScopedCredentialsProviderBuilder<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedCredentialsProviderBuilder")
            .field("request", &self.request)
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}
