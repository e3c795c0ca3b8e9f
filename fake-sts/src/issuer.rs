//! The identity provider that each fake has built in.

use crate::{
    clock::Clock,
    oidc::{Issuer, TokenBuilder},
};

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
