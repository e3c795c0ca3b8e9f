use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use stscreds_core::Error;
use stscreds_token::{IdentityToken, IdentityTokenRetriever};

use super::{
    OutboundToken, OutboundTokenClient, OutboundTokenProviderBuilder, OutboundTokenRequest,
    TokenAudience,
};

/// Tokens in which AWS says who this program is, for services outside of AWS.
///
/// A service that trusts the account's issuer takes them in place of a password or a key:
/// Google Cloud, Azure, Vault, another AWS account, or a service of your own that verifies
/// JWTs. The `sub` of a token is the ARN of the IAM user or role; `iss` is the issuer of the
/// account, `https://<id>.tokens.sts.global.api.aws`.
///
/// The account must have
/// [outbound identity federation](https://docs.aws.amazon.com/IAM/latest/APIReference/API_EnableOutboundWebIdentityFederation.html)
/// enabled, the caller needs the permission `sts:GetWebIdentityToken`, and the client a
/// regional endpoint. Users, their sessions and role sessions may call; sessions of
/// `GetFederationToken` may not. A token does not outlast the session that asks for it:
/// [`DurationNotAllowed`](stscreds_core::ErrorKind::DurationNotAllowed).
///
/// Immutable and safe to share. Each call to [`token`](Self::token) is a call to STS: put a
/// cache in front.
pub struct OutboundTokenProvider {
    client: Arc<dyn OutboundTokenClient>,
    request: OutboundTokenRequest,
}

impl OutboundTokenProvider {
    /// A provider of tokens for this audience, about the identity that signs the client's calls.
    pub fn builder(
        client: impl OutboundTokenClient + 'static,
        audience: TokenAudience,
    ) -> OutboundTokenProviderBuilder {
        OutboundTokenProviderBuilder::new(Arc::new(client), audience)
    }

    pub(super) fn new(client: Arc<dyn OutboundTokenClient>, request: OutboundTokenRequest) -> Self {
        Self { client, request }
    }

    /// A new token.
    ///
    /// # Errors
    ///
    /// By [the table of answers](crate::StsFault::kind), and
    /// [`MalformedResponse`](stscreds_core::ErrorKind::MalformedResponse) if STS left
    /// something out.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the call, which changes nothing at AWS.
    pub async fn token(&self) -> Result<OutboundToken, Error> {
        self.client.outbound_token(self.request.clone()).await
    }
}

/// Each call is a call to STS.
#[async_trait]
impl IdentityTokenRetriever for OutboundTokenProvider {
    async fn identity_token(&self) -> Result<IdentityToken, Error> {
        self.token().await.map(IdentityToken::from)
    }
}

impl fmt::Debug for OutboundTokenProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboundTokenProvider")
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}
