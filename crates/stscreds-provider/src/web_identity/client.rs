use std::sync::Arc;

use async_trait::async_trait;
use stscreds_core::{Error, SessionKey};

use super::AssumeRoleWithWebIdentityRequest;
use crate::StsSession;

/// STS as far as [`WebIdentityRoleProvider`](super::WebIdentityRoleProvider) sees
/// it.
///
/// # What an implementer owes
///
/// - One *unsigned* call of
///   [AssumeRoleWithWebIdentity](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html)
///   with every member of the request that is set: nobody needs AWS keys for it.
/// - What STS answered, made an error by [`StsFault`](crate::StsFault).
/// - To repeat a call that was throttled or failed on STS's side, as AWS SDKs do,
///   but none that ended with `InvalidIdentityToken` or `IDPCommunicationError`:
///   the provider repeats those itself, with the token read anew.
#[async_trait]
pub trait AssumeRoleWithWebIdentityClient: Send + Sync {
    /// Calls `AssumeRoleWithWebIdentity`.
    ///
    /// # Errors
    ///
    /// STS's answer as an [`Error`], or what kept it from answering.
    async fn assume_role_with_web_identity(
        &self,
        request: AssumeRoleWithWebIdentityRequest,
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
impl<C: AssumeRoleWithWebIdentityClient + ?Sized> AssumeRoleWithWebIdentityClient for Arc<C> {
    async fn assume_role_with_web_identity(
        &self,
        request: AssumeRoleWithWebIdentityRequest,
    ) -> Result<StsSession, Error> {
        (**self).assume_role_with_web_identity(request).await
    }

    fn client_key(&self) -> Option<SessionKey> {
        (**self).client_key()
    }
}
