use std::sync::Arc;

use async_trait::async_trait;
use stscreds_core::{Error, ProviderSource, SessionKey};

use super::FederationTokenRequest;
use crate::StsSession;

/// STS as far as [`FederationTokenProvider`](super::FederationTokenProvider) sees
/// it.
///
/// # What an implementer owes
///
/// - One call of
///   [GetFederationToken](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html)
///   with every member of the request that is set, signed with long-term keys.
/// - Otherwise as [`AssumeRoleClient`](crate::AssumeRoleClient).
#[async_trait]
pub trait FederationTokenClient: Send + Sync {
    /// Calls `GetFederationToken`.
    ///
    /// # Errors
    ///
    /// STS's answer as an [`Error`], or what kept it from answering.
    async fn federation_token(&self, request: FederationTokenRequest) -> Result<StsSession, Error>;

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
impl<C: FederationTokenClient + ?Sized> FederationTokenClient for Arc<C> {
    async fn federation_token(&self, request: FederationTokenRequest) -> Result<StsSession, Error> {
        (**self).federation_token(request).await
    }

    fn signing_sources(&self) -> Vec<ProviderSource> {
        (**self).signing_sources()
    }

    fn client_key(&self) -> Option<SessionKey> {
        (**self).client_key()
    }
}
