use std::fmt;
use std::sync::Arc;

use stscreds_core::{Error, ErrorKind};

use super::{
    OutboundTokenClient, OutboundTokenDuration, OutboundTokenProvider, OutboundTokenRequest,
    TokenAlgorithm, TokenAudience,
};
use crate::SessionTags;

/// Builds an [`OutboundTokenProvider`]; made by [`OutboundTokenProvider::builder`].
#[must_use = "call `build` to get the provider"]
pub struct OutboundTokenProviderBuilder {
    client: Arc<dyn OutboundTokenClient>,
    request: OutboundTokenRequest,
}

impl OutboundTokenProviderBuilder {
    pub(super) fn new(client: Arc<dyn OutboundTokenClient>, audience: TokenAudience) -> Self {
        let request = OutboundTokenRequest {
            audiences: vec![audience],
            algorithm: TokenAlgorithm::default(),
            duration: None,
            tags: SessionTags::default(),
        };
        Self { client, request }
    }

    /// One more audience; a token has 10 at most.
    ///
    /// A token for several audiences has a list for `aud`. STS itself refuses such a token
    /// at `AssumeRoleWithWebIdentity`, and so do other verifiers.
    ///
    /// # Errors
    ///
    /// [`InvalidConfiguration`](ErrorKind::InvalidConfiguration) for the eleventh.
    pub fn audience(mut self, audience: TokenAudience) -> Result<Self, Error> {
        if self.request.audiences.len() == 10 {
            let what = "an outbound token has at most 10 audiences";
            return Err(Error::new(ErrorKind::InvalidConfiguration, what));
        }
        self.request.audiences.push(audience);
        Ok(self)
    }

    /// What the tokens are signed with; RS256 if not set.
    pub fn algorithm(mut self, algorithm: TokenAlgorithm) -> Self {
        self.request.algorithm = algorithm;
        self
    }

    /// How long a token lasts; if not set, STS grants 5 minutes.
    pub fn duration(mut self, duration: OutboundTokenDuration) -> Self {
        self.request.duration = Some(duration);
        self
    }

    /// Tags, which become claims under `request_tags` of `https://sts.amazonaws.com/`.
    ///
    /// They need the permission `sts:TagGetWebIdentityToken`. That one is transitive has no
    /// effect here.
    pub fn tags(mut self, tags: SessionTags) -> Self {
        self.request.tags = tags;
        self
    }

    /// The provider.
    #[must_use]
    pub fn build(self) -> OutboundTokenProvider {
        OutboundTokenProvider::new(self.client, self.request)
    }
}

impl fmt::Debug for OutboundTokenProviderBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboundTokenProviderBuilder")
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}
