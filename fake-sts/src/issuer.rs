//! The identity provider that each fake has built in.

use crate::clock::Clock;
use crate::oidc::{Issuer, TokenBuilder};
#[cfg(feature = "saml")]
use crate::saml::{AssertionBuilder, IdentityProvider};

/// An OIDC issuer whose tokens follow the virtual clock.
///
/// Its keys are real and made once per process, when the first token is signed or checked.
#[derive(Clone, Debug)]
pub struct BuiltInIssuer {
    issuer: Issuer,
    clock: Clock,
}

impl BuiltInIssuer {
    pub(crate) fn new(issuer: Issuer, clock: Clock) -> Self {
        Self { issuer, clock }
    }

    /// The `iss` of its tokens.
    #[must_use]
    pub fn url(&self) -> &str {
        self.issuer.url()
    }

    /// A token that is issued now, for the audience `sts.amazonaws.com`, and expires in an hour.
    #[must_use]
    pub fn token(&self) -> TokenBuilder {
        self.issuer.token_at(self.clock.now())
    }
}

/// A SAML identity provider whose assertions follow the virtual clock.
#[cfg(feature = "saml")]
#[derive(Clone, Debug)]
pub struct BuiltInIdentityProvider {
    provider: IdentityProvider,
    clock: Clock,
}

#[cfg(feature = "saml")]
impl BuiltInIdentityProvider {
    pub(crate) fn new(provider: IdentityProvider, clock: Clock) -> Self {
        Self { provider, clock }
    }

    /// The issuer of its assertions.
    #[must_use]
    pub fn entity_id(&self) -> &str {
        self.provider.entity_id()
    }

    /// An assertion that is issued now, and has to be redeemed within five minutes.
    #[must_use]
    pub fn assertion(&self) -> AssertionBuilder {
        self.provider.assertion_at(self.clock.now())
    }
}
