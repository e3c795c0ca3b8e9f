use std::sync::Arc;

use stscreds_core::{Credentials, CredentialsProvider, Error, SessionKey};
use stscreds_provider::{AssumeRoleProvider, SessionDuration, WebIdentityRoleProvider};
use stscreds_token::IdentityToken;

use super::name::{name_of_role, name_of_web_identity};

/// A provider whose sessions the AWS CLI has files for: an [`AssumeRoleProvider`] or a
/// [`WebIdentityRoleProvider`], which convert into it.
///
/// The name of the file follows from the provider, so that no parameter of a session
/// can be left out of it.
#[derive(Debug, Clone)]
pub struct CliSession(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Role { provider: Arc<AssumeRoleProvider>, duration: Option<SessionDuration> },
    WebIdentity(Arc<WebIdentityRoleProvider>),
}

/// One session: what names its file, and what tells it from all others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identified {
    pub(super) name: String,
    pub(super) key: SessionKey,
}

/// What a session is opened with next.
pub(super) enum Proof {
    Signature,
    Token(IdentityToken),
}

impl CliSession {
    /// The duration that botocore would know of: one that was set in place of the
    /// default of STS does not count.
    #[doc(hidden)]
    #[must_use]
    pub fn configured_duration(self, configured: Option<SessionDuration>) -> Self {
        match self.0 {
            Kind::Role { provider, .. } => Self(Kind::Role { provider, duration: configured }),
            other @ Kind::WebIdentity(_) => Self(other),
        }
    }

    pub(super) fn provider(&self) -> &dyn CredentialsProvider {
        match &self.0 {
            Kind::Role { provider, .. } => provider,
            Kind::WebIdentity(provider) => provider,
        }
    }

    #[doc(hidden)]
    #[must_use]
    pub fn into_provider(self) -> Arc<dyn CredentialsProvider> {
        match self.0 {
            Kind::Role { provider, .. } => provider,
            Kind::WebIdentity(provider) => provider,
        }
    }

    pub(super) fn is_web_identity(&self) -> bool {
        matches!(self.0, Kind::WebIdentity(_))
    }

    /// What the next session is opened with: for a web identity the token as it is now.
    pub(super) async fn proof(&self) -> Result<Proof, Error> {
        match &self.0 {
            Kind::Role { .. } => Ok(Proof::Signature),
            Kind::WebIdentity(provider) => Ok(Proof::Token(provider.identity_token().await?)),
        }
    }

    /// The session for this proof; `None` if the provider does not know all that makes
    /// it what it is.
    pub(super) fn identified(&self, proof: &Proof) -> Option<Identified> {
        match (&self.0, proof) {
            (Kind::Role { provider, duration }, _) => {
                let (request, name) = (provider.request(), provider.session_name());
                let name = name_of_role(request, name, *duration, provider.mfa_serial());
                Some(Identified { name, key: provider.session_key()? })
            }
            (Kind::WebIdentity(provider), Proof::Token(token)) => {
                let request = provider.request(token.clone());
                let name = name_of_web_identity(&request, provider.session_name());
                Some(Identified { name, key: provider.session_key_for(token)? })
            }
            (Kind::WebIdentity(_), Proof::Signature) => None,
        }
    }

    /// Opens a session, and says with which proof: STS may have wanted a newer token.
    pub(super) async fn open(&self, proof: Proof) -> Result<(Credentials, Proof), Error> {
        match (&self.0, proof) {
            (Kind::WebIdentity(provider), Proof::Token(token)) => {
                let (credentials, token) = provider.credentials_for(token).await?;
                Ok((credentials, Proof::Token(token)))
            }
            (_, proof) => Ok((self.provider().credentials().await?, proof)),
        }
    }
}

impl From<AssumeRoleProvider> for CliSession {
    fn from(provider: AssumeRoleProvider) -> Self {
        Arc::new(provider).into()
    }
}

impl From<Arc<AssumeRoleProvider>> for CliSession {
    fn from(provider: Arc<AssumeRoleProvider>) -> Self {
        let duration = provider.duration();
        Self(Kind::Role { provider, duration })
    }
}

impl From<WebIdentityRoleProvider> for CliSession {
    fn from(provider: WebIdentityRoleProvider) -> Self {
        Arc::new(provider).into()
    }
}

impl From<Arc<WebIdentityRoleProvider>> for CliSession {
    fn from(provider: Arc<WebIdentityRoleProvider>) -> Self {
        Self(Kind::WebIdentity(provider))
    }
}
