use std::fmt;
use std::sync::Arc;

use super::{FederationTokenClient, FederationTokenProvider, FederationTokenRequest};
use crate::{FederatedUserName, PolicyArns, SessionPolicy, SessionTags, UserSessionDuration};

/// Builds a [`FederationTokenProvider`]; made by
/// [`FederationTokenProvider::builder`].
#[must_use = "call `build` to get the provider"]
pub struct FederationTokenProviderBuilder {
    client: Arc<dyn FederationTokenClient>,
    request: FederationTokenRequest,
}

impl FederationTokenProviderBuilder {
    pub(super) fn new(client: Arc<dyn FederationTokenClient>, name: FederatedUserName) -> Self {
        Self { client, request: FederationTokenRequest::new(name) }
    }

    /// How long the credentials last; if not set, STS grants 12 hours.
    pub fn duration(mut self, duration: UserSessionDuration) -> Self {
        self.request.duration = Some(duration);
        self
    }

    /// The inline policy that the caller's permissions are cut down to.
    pub fn policy(mut self, policy: SessionPolicy) -> Self {
        self.request.policy = Some(policy);
        self
    }

    /// Managed policies that the caller's permissions are cut down to.
    pub fn policy_arns(mut self, arns: PolicyArns) -> Self {
        self.request.policy_arns = arns;
        self
    }

    /// The tags of the session.
    ///
    /// That one is transitive is without effect: the credentials can assume no role
    /// that could inherit it.
    pub fn tags(mut self, tags: SessionTags) -> Self {
        self.request.tags = tags;
        self
    }

    /// The provider.
    #[must_use]
    pub fn build(self) -> FederationTokenProvider {
        FederationTokenProvider::new(self.client, self.request)
    }
}

impl fmt::Debug for FederationTokenProviderBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FederationTokenProviderBuilder")
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}
