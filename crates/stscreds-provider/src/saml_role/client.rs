use std::sync::Arc;

use async_trait::async_trait;
use stscreds_core::{Error, SessionKey};

use super::AssumeRoleWithSamlRequest;
use crate::StsSession;

/// STS as far as [`SamlRoleProvider`](super::SamlRoleProvider) sees it.
///
/// # What an implementer owes
///
/// - One *unsigned* call of
///   [AssumeRoleWithSAML](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html)
///   with every member of the request that is set: nobody needs AWS keys for it.
/// - What STS answered, made an error by [`StsFault`](crate::StsFault).
/// - To repeat a call that was throttled or failed on STS's side, as AWS SDKs do,
///   and never one that was refused.
#[async_trait]
pub trait AssumeRoleWithSamlClient: Send + Sync {
    /// Calls `AssumeRoleWithSAML`.
    ///
    /// # Errors
    ///
    /// STS's answer as an [`Error`], or what kept it from answering.
    async fn assume_role_with_saml(
        &self,
        request: AssumeRoleWithSamlRequest,
    ) -> Result<StsSession, Error>;

    /// What every session of this client has in common: the region and endpoint that
    /// the calls go to, as one key. Nobody signs them.
    ///
    /// `None`, the default, if it is unknown: sessions are then never shared
    /// ([`session_key`](stscreds_core::CredentialsProvider::session_key)).
    fn client_key(&self) -> Option<SessionKey> {
        None
    }
}

#[async_trait]
impl<C: AssumeRoleWithSamlClient + ?Sized> AssumeRoleWithSamlClient for Arc<C> {
    async fn assume_role_with_saml(
        &self,
        request: AssumeRoleWithSamlRequest,
    ) -> Result<StsSession, Error> {
        (**self).assume_role_with_saml(request).await
    }

    fn client_key(&self) -> Option<SessionKey> {
        (**self).client_key()
    }
}
