use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use stscreds_core::{Credentials, Error, ProviderSource, SessionKey};

use super::{ScopedCredentialsRequest, ScopedSession};

/// STS as far as [`ScopedCredentialsProvider`](super::ScopedCredentialsProvider) sees it.
///
/// # What an implementer owes
///
/// - One call of
///   [GetScopedCredentials](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html)
///   with every member of the request that is set, signed with temporary credentials, to an
///   endpoint of a region: the global endpoint does not have the operation.
/// - Otherwise as [`AssumeRoleClient`](crate::AssumeRoleClient).
#[async_trait]
pub trait ScopedCredentialsClient: Send + Sync {
    /// Calls `GetScopedCredentials`.
    ///
    /// # Errors
    ///
    /// STS's answer as an [`Error`], or what kept it from answering.
    async fn scoped_credentials(
        &self,
        request: ScopedCredentialsRequest,
    ) -> Result<ScopedSession, Error>;

    /// The credentials that sign the next call, with at least so much life left if their
    /// source can have that; `None`, the default, if they are unknown.
    ///
    /// Scoped credentials end with these. A client over a cache asks it by
    /// [`remaining`](stscreds_core::CredentialsProvider::remaining), so that what is made next
    /// lasts longer than what it replaces.
    ///
    /// # Errors
    ///
    /// That of the source.
    async fn parent(&self, at_least: Duration) -> Result<Option<Credentials>, Error> {
        let _ = at_least;
        Ok(None)
    }

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
impl<C: ScopedCredentialsClient + ?Sized> ScopedCredentialsClient for Arc<C> {
    async fn scoped_credentials(
        &self,
        request: ScopedCredentialsRequest,
    ) -> Result<ScopedSession, Error> {
        (**self).scoped_credentials(request).await
    }

    async fn parent(&self, at_least: Duration) -> Result<Option<Credentials>, Error> {
        (**self).parent(at_least).await
    }

    fn signing_sources(&self) -> Vec<ProviderSource> {
        (**self).signing_sources()
    }

    fn client_key(&self) -> Option<SessionKey> {
        (**self).client_key()
    }
}
