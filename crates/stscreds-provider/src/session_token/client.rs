use std::sync::Arc;

use async_trait::async_trait;
use stscreds_core::{Error, ProviderSource, SessionKey};

use super::SessionTokenRequest;
use crate::StsSession;

/// STS as far as [`SessionTokenProvider`](super::SessionTokenProvider) sees it.
///
/// # What an implementer owes
///
/// - One call of
///   [GetSessionToken](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html)
///   with every member of the request that is set, signed with long-term keys.
/// - Otherwise as [`AssumeRoleClient`](crate::AssumeRoleClient).
#[async_trait]
pub trait SessionTokenClient: Send + Sync {
    /// Calls `GetSessionToken`.
    ///
    /// # Errors
    ///
    /// STS's answer as an [`Error`], or what kept it from answering.
    async fn session_token(&self, request: SessionTokenRequest) -> Result<StsSession, Error>;

    /// Where the keys come from that sign the call, first source first; empty if
    /// unknown.
    fn signing_sources(&self) -> Vec<ProviderSource> {
        Vec::new()
    }

    /// What every session of this client has in common: the identity that signs the
    /// calls and the region and endpoint that they go to, as one key.
    ///
    /// `None`, the default, if it is unknown: sessions are then never shared
    /// ([`session_key`](stscreds_core::CredentialsProvider::session_key)).
    fn client_key(&self) -> Option<SessionKey> {
        None
    }
}

#[async_trait]
impl<C: SessionTokenClient + ?Sized> SessionTokenClient for Arc<C> {
    async fn session_token(&self, request: SessionTokenRequest) -> Result<StsSession, Error> {
        (**self).session_token(request).await
    }

    fn signing_sources(&self) -> Vec<ProviderSource> {
        (**self).signing_sources()
    }

    fn client_key(&self) -> Option<SessionKey> {
        (**self).client_key()
    }
}
