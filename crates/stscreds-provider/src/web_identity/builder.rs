use std::fmt;
use std::sync::Arc;

use stscreds_core::Clock;
use stscreds_token::IdentityTokenRetriever;

use super::provider::Settings;
use super::{AssumeRoleWithWebIdentityClient, WebIdentityRoleProvider};
use crate::{PolicyArns, RoleArn, SessionDuration, SessionName, SessionPolicy};

/// Builds a [`WebIdentityRoleProvider`]; made by
/// [`WebIdentityRoleProvider::builder`].
#[must_use = "call `build` to get the provider"]
pub struct WebIdentityRoleProviderBuilder {
    client: Arc<dyn AssumeRoleWithWebIdentityClient>,
    retriever: Arc<dyn IdentityTokenRetriever>,
    settings: Settings,
}

/// Who finds out that an identity token has expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ExpiryCheck {
    /// The provider looks at the token's `exp` claim and does not bother STS with
    /// a token that has expired.
    #[default]
    Local,
    /// STS: for machines whose clock cannot be trusted.
    BySts,
}

impl WebIdentityRoleProviderBuilder {
    pub(super) fn new(
        client: Arc<dyn AssumeRoleWithWebIdentityClient>,
        role_arn: RoleArn,
        retriever: Arc<dyn IdentityTokenRetriever>,
    ) -> Self {
        let settings = Settings {
            role_arn,
            session_name: SessionName::unique(),
            configured_name: None,
            duration: None,
            policy: None,
            policy_arns: PolicyArns::default(),
            expiry_check: ExpiryCheck::default(),
            clock: Clock::system(),
        };
        Self { client, retriever, settings }
    }

    /// The name of the session; if not set, one that no other provider has.
    pub fn session_name(mut self, name: SessionName) -> Self {
        self.settings.session_name = name.clone();
        self.settings.configured_name = Some(name);
        self
    }

    /// How long the credentials last; if not set, STS grants one hour.
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

    /// Who finds out that the token has expired; the provider if not set.
    pub fn expiry_check(mut self, check: ExpiryCheck) -> Self {
        self.settings.expiry_check = check;
        self
    }

    /// The clock by which a token has expired; the system's if not set.
    pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
        self.settings.clock = clock.into();
        self
    }

    /// The provider.
    #[must_use]
    pub fn build(self) -> WebIdentityRoleProvider {
        WebIdentityRoleProvider::new(self.client, self.retriever, self.settings)
    }
}

impl fmt::Debug for WebIdentityRoleProviderBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebIdentityRoleProviderBuilder")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
