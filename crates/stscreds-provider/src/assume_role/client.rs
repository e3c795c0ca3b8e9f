use std::sync::Arc;

use async_trait::async_trait;
use stscreds_core::{Error, ProviderSource, SessionKey};

use super::AssumeRoleRequest;
use crate::StsSession;

/// STS as far as [`AssumeRoleProvider`](super::AssumeRoleProvider) sees it.
///
/// # What an implementer owes
///
/// - One signed call of
///   [AssumeRole](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html)
///   with every member of the request that is set, to the region and endpoint it
///   was made for.
/// - What STS answered, made an error by [`StsFault`](crate::StsFault).
/// - To repeat a call that was throttled or failed on STS's side, as AWS SDKs do,
///   and never one that was denied: an MFA code works once.
#[async_trait]
pub trait AssumeRoleClient: Send + Sync {
    /// Calls `AssumeRole`.
    ///
    /// # Errors
    ///
    /// STS's answer as an [`Error`], or what kept it from answering.
    async fn assume_role(&self, request: AssumeRoleRequest) -> Result<StsSession, Error>;

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
impl<C: AssumeRoleClient + ?Sized> AssumeRoleClient for Arc<C> {
    async fn assume_role(&self, request: AssumeRoleRequest) -> Result<StsSession, Error> {
        (**self).assume_role(request).await
    }

    fn signing_sources(&self) -> Vec<ProviderSource> {
        (**self).signing_sources()
    }

    fn client_key(&self) -> Option<SessionKey> {
        (**self).client_key()
    }
}
