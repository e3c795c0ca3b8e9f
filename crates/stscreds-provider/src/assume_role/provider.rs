use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use stscreds_core::{Credentials, CredentialsProvider, Error, ProviderSource, SessionKey};
use stscreds_token::MfaSerial;

use super::{AssumeRoleClient, AssumeRoleProviderBuilder, AssumeRoleRequest};
use crate::mfa::Mfa;
use crate::sts_fault::without_secrets;
use crate::{ExternalId, MfaAnswer, RoleArn, SessionDuration, SessionName};

/// Credentials of a role, assumed with the credentials of the client.
///
/// Immutable and safe to share. Each call to
/// [`credentials`](CredentialsProvider::credentials) is a call to STS.
///
/// # Role chaining
///
/// A client that signs with the credentials of another provider assumes a role from
/// a role; put a cache in front of each. STS grants such a session
/// [one hour at most](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining),
/// whatever the role allows, and refuses a longer
/// [duration](AssumeRoleProviderBuilder::duration) with
/// [`DurationNotAllowed`](stscreds_core::ErrorKind::DurationNotAllowed).
pub struct AssumeRoleProvider {
    client: Arc<dyn AssumeRoleClient>,
    /// What is the same for each call; the MFA answer is filled in for each.
    request: AssumeRoleRequest,
    mfa: Option<Mfa>,
    configured: Configured,
}

/// Of what is always sent, what the caller has set.
#[derive(Debug, Clone, Default)]
pub(super) struct Configured {
    pub(super) session_name: Option<SessionName>,
    pub(super) duration: Option<SessionDuration>,
}

impl AssumeRoleProvider {
    /// The name that credentials of this provider carry.
    pub const NAME: &'static str = "AssumeRoleProvider";

    /// How long credentials last unless the builder is told otherwise: 15 minutes,
    /// the least that STS grants.
    pub const DEFAULT_DURATION: SessionDuration = SessionDuration::MIN;

    /// A provider that assumes the role with calls of this client.
    pub fn builder(
        client: impl AssumeRoleClient + 'static,
        role_arn: RoleArn,
    ) -> AssumeRoleProviderBuilder {
        AssumeRoleProviderBuilder::new(Arc::new(client), role_arn)
    }

    pub(super) fn new(
        client: Arc<dyn AssumeRoleClient>,
        request: AssumeRoleRequest,
        mfa: Option<Mfa>,
        configured: Configured,
    ) -> Self {
        Self { client, request, mfa, configured }
    }

    /// The request of each call, without the MFA answer.
    #[must_use]
    pub fn request(&self) -> &AssumeRoleRequest {
        &self.request
    }

    /// The session name, if it was configured and not generated.
    #[must_use]
    pub fn session_name(&self) -> Option<&SessionName> {
        self.configured.session_name.as_ref()
    }

    /// The duration, if it was configured.
    #[must_use]
    pub fn duration(&self) -> Option<SessionDuration> {
        self.configured.duration
    }

    /// The serial number of the MFA device, if the calls are made with MFA.
    #[must_use]
    pub fn mfa_serial(&self) -> Option<&MfaSerial> {
        self.mfa.as_ref().map(Mfa::serial)
    }

    async fn assume(&self) -> Result<Credentials, Error> {
        match &self.mfa {
            None => self.call(None).await,
            Some(mfa) => mfa.answer(|answer| self.call(Some(answer))).await,
        }
    }

    async fn call(&self, mfa: Option<MfaAnswer>) -> Result<Credentials, Error> {
        let request = AssumeRoleRequest { mfa, ..self.request.clone() };
        let session = self
            .client
            .assume_role(request)
            .await
            .map_err(|error| without_secrets(error, self.secrets()))?;
        let credentials =
            session.into_credentials("AssumeRole", Self::NAME, self.provider_sources())?;
        tracing::debug!(
            role_arn = %self.request.role_arn,
            access_key_id = credentials.access_key_id(),
            "assumed a role"
        );
        Ok(credentials)
    }

    /// What no error may repeat, besides the MFA code.
    fn secrets(&self) -> impl Iterator<Item = &str> {
        let contexts = self.request.provided_contexts.iter();
        let assertions = contexts.map(|context| context.assertion().expose());
        self.request.external_id.iter().map(ExternalId::expose).chain(assertions)
    }
}

/// # Errors
///
/// Every error names the role. Before STS is called: of the source of MFA codes.
/// After: by [the table of answers](crate::StsFault::kind), and
/// [`MalformedResponse`](stscreds_core::ErrorKind::MalformedResponse) if STS left something out.
///
/// # Cancel safety
///
/// Dropping the future abandons the call; an MFA code that was sent is spent.
#[async_trait]
impl CredentialsProvider for AssumeRoleProvider {
    async fn credentials(&self) -> Result<Credentials, Error> {
        self.assume().await.map_err(|error| error.with_role_arn(self.request.role_arn.as_str()))
    }

    fn provider_sources(&self) -> Vec<ProviderSource> {
        let mut sources = self.client.signing_sources();
        sources.push(ProviderSource::AssumeRole);
        sources
    }

    /// `None` if the client does not say who signs its calls and where they go.
    fn session_key(&self) -> Option<SessionKey> {
        let key = SessionKey::builder("AssumeRole").key("Client", &self.client.client_key()?);
        Some(self.request.add_to(key, self.session_name(), self.mfa_serial()).build())
    }
}

impl fmt::Debug for AssumeRoleProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AssumeRoleProvider")
            .field("request", &self.request)
            .field("mfa", &self.mfa)
            .finish_non_exhaustive()
    }
}
