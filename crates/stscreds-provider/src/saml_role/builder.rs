use std::fmt;
use std::sync::Arc;

use stscreds_token::SamlAssertionRetriever;

use super::provider::Settings;
use super::{AssumeRoleWithSamlClient, SamlRoleProvider};
use crate::{PolicyArns, RoleArn, SamlProviderArn, SessionDuration, SessionPolicy};

/// Builds a [`SamlRoleProvider`]; made by [`SamlRoleProvider::builder`].
#[must_use = "call `build` to get the provider"]
pub struct SamlRoleProviderBuilder {
    client: Arc<dyn AssumeRoleWithSamlClient>,
    retriever: Arc<dyn SamlAssertionRetriever>,
    settings: Settings,
}

impl SamlRoleProviderBuilder {
    pub(super) fn new(
        client: Arc<dyn AssumeRoleWithSamlClient>,
        role_arn: RoleArn,
        principal_arn: SamlProviderArn,
        retriever: Arc<dyn SamlAssertionRetriever>,
    ) -> Self {
        let settings = Settings {
            role_arn,
            principal_arn,
            duration: None,
            policy: None,
            policy_arns: PolicyArns::default(),
        };
        Self { client, retriever, settings }
    }

    /// How long the credentials last; if not set, STS grants one hour, or what the
    /// assertion says.
    ///
    /// STS grants the shorter of this and the assertion's `SessionDuration` and
    /// `SessionNotOnOrAfter`.
    pub fn duration(mut self, duration: SessionDuration) -> Self {
        self.settings.duration = Some(duration);
        self
    }

    /// The inline policy that the session's permissions are cut down to.
    pub fn policy(mut self, policy: SessionPolicy) -> Self {
        self.settings.policy = Some(policy);
        self
    }

    /// Managed policies that the session's permissions are cut down to.
    pub fn policy_arns(mut self, arns: PolicyArns) -> Self {
        self.settings.policy_arns = arns;
        self
    }

    /// The provider.
    #[must_use]
    pub fn build(self) -> SamlRoleProvider {
        SamlRoleProvider::new(self.client, self.retriever, self.settings)
    }
}

impl fmt::Debug for SamlRoleProviderBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SamlRoleProviderBuilder")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
