use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use stscreds_core::{Credentials, CredentialsProvider, Error, ProviderSource, SessionKey};

use super::{SessionTokenClient, SessionTokenProviderBuilder, SessionTokenRequest};
use crate::MfaAnswer;
use crate::mfa::Mfa;
use crate::session_parts::seconds;

/// Temporary credentials of an IAM user, perhaps with proof of MFA.
///
/// The session has the user's own permissions, but may call no operation of IAM
/// without MFA, and of STS only `AssumeRole`, `GetCallerIdentity`, `GetScopedCredentials`,
/// `GetWebIdentityToken` and `GetDelegatedAccessToken`. It is how one MFA code serves for
/// a day: each role that wants MFA is then assumed with these credentials and without
/// another code. Such a role counts as chained and is granted for one hour at most.
///
/// The client must sign with long-term keys: STS refuses `GetSessionToken` to
/// temporary credentials. See
/// [the comparison of STS's operations](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html).
///
/// Immutable and safe to share. Each call to
/// [`credentials`](CredentialsProvider::credentials) is a call to STS.
pub struct SessionTokenProvider {
    client: Arc<dyn SessionTokenClient>,
    /// What is the same for each call; the MFA answer is filled in for each.
    request: SessionTokenRequest,
    mfa: Option<Mfa>,
}

impl SessionTokenProvider {
    /// The name that credentials of this provider carry.
    pub const NAME: &'static str = "SessionTokenProvider";

    /// A provider of sessions of the user with whose keys this client signs.
    pub fn builder(client: impl SessionTokenClient + 'static) -> SessionTokenProviderBuilder {
        SessionTokenProviderBuilder::new(Arc::new(client))
    }

    pub(super) fn new(
        client: Arc<dyn SessionTokenClient>,
        request: SessionTokenRequest,
        mfa: Option<Mfa>,
    ) -> Self {
        Self { client, request, mfa }
    }

    async fn begin(&self) -> Result<Credentials, Error> {
        match &self.mfa {
            None => self.call(None).await,
            Some(mfa) => mfa.answer(|answer| self.call(Some(answer))).await,
        }
    }

    async fn call(&self, mfa: Option<MfaAnswer>) -> Result<Credentials, Error> {
        let request = SessionTokenRequest { mfa, ..self.request.clone() };
        let session = self.client.session_token(request).await?;
        let credentials =
            session.into_credentials("GetSessionToken", Self::NAME, self.provider_sources())?;
        tracing::debug!(access_key_id = credentials.access_key_id(), "began a session of the user");
        Ok(credentials)
    }
}

/// # Errors
///
/// Before STS is called: of the source of MFA codes. After: by
/// [the table of answers](crate::StsFault::kind), and
/// [`MalformedResponse`](stscreds_core::ErrorKind::MalformedResponse) if STS left
/// something out.
///
/// # Cancel safety
///
/// Dropping the future abandons the call; an MFA code that was sent is spent.
#[async_trait]
impl CredentialsProvider for SessionTokenProvider {
    async fn credentials(&self) -> Result<Credentials, Error> {
        self.begin().await
    }

    fn provider_sources(&self) -> Vec<ProviderSource> {
        let mut sources = self.client.signing_sources();
        sources.push(ProviderSource::SessionToken);
        sources
    }

    /// `None` if the client does not say who signs its calls and where they go.
    fn session_key(&self) -> Option<SessionKey> {
        let SessionTokenRequest { duration, mfa: _ } = &self.request;
        let serial = self.mfa.as_ref().map(|mfa| mfa.serial().as_str());
        let key = SessionKey::builder("GetSessionToken")
            .key("Client", &self.client.client_key()?)
            .optional("DurationSeconds", duration.map(|duration| seconds(duration.as_secs())))
            .optional("SerialNumber", serial);
        Some(key.build())
    }
}

impl fmt::Debug for SessionTokenProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionTokenProvider")
            .field("request", &self.request)
            .field("mfa", &self.mfa)
            .finish_non_exhaustive()
    }
}
