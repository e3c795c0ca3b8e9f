use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use stscreds_core::{Credentials, CredentialsProvider, Error, ErrorKind, ProviderSource};
use stscreds_token::{MfaChallenge, MfaCode, MfaSerial, MfaTokenProvider};

use super::{AssumeRoleClient, AssumeRoleProviderBuilder, AssumeRoleRequest, MfaAnswer};
use crate::sts_fault::without_secret;
use crate::{RoleArn, SessionDuration};

/// Credentials of a role, assumed with the credentials of the client.
///
/// Immutable and safe to share. Each call to
/// [`credentials`](CredentialsProvider::credentials) is a call to STS.
pub struct AssumeRoleProvider {
    client: Arc<dyn AssumeRoleClient>,
    /// What is the same for each call; the MFA answer is filled in for each.
    request: AssumeRoleRequest,
    mfa: Option<Mfa>,
}

/// A device and where its codes come from: never one without the other.
pub(super) struct Mfa {
    pub(super) serial: MfaSerial,
    pub(super) codes: Arc<dyn MfaTokenProvider>,
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
    ) -> Self {
        Self { client, request, mfa }
    }

    async fn assume(&self) -> Result<Credentials, Error> {
        let Some(mfa) = &self.mfa else {
            return self.call(None).await;
        };
        let mut challenge = MfaChallenge::first(mfa.serial.clone());
        loop {
            let code = mfa.codes.token_code(&challenge).await?;
            let outcome = self.call(Some(code)).await;
            match outcome {
                Err(error)
                    if error.kind() == ErrorKind::MfaCodeRejected
                        && challenge.attempt() < mfa.codes.attempts() =>
                {
                    challenge = challenge.after_rejection();
                }
                decided => return decided,
            }
        }
    }

    async fn call(&self, code: Option<MfaCode>) -> Result<Credentials, Error> {
        let mfa = self.mfa.as_ref().zip(code.clone());
        let request = AssumeRoleRequest {
            mfa: mfa.map(|(mfa, code)| MfaAnswer { serial: mfa.serial.clone(), code }),
            ..self.request.clone()
        };
        let session = self.client.assume_role(request).await.map_err(|error| match &code {
            Some(code) => without_secret(error, code.expose()),
            None => error,
        })?;
        let credentials =
            session.into_credentials("AssumeRole", Self::NAME, self.provider_sources())?;
        tracing::debug!(
            role_arn = %self.request.role_arn,
            access_key_id = credentials.access_key_id(),
            "assumed a role"
        );
        Ok(credentials)
    }
}

/// # Errors
///
/// Every error names the role. Before STS is called: of the source of MFA codes.
/// After: by [the table of answers](crate::StsFault::kind), and
/// [`MalformedResponse`](ErrorKind::MalformedResponse) if STS left something out.
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
}

impl fmt::Debug for AssumeRoleProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AssumeRoleProvider")
            .field("request", &self.request)
            .field("mfa", &self.mfa)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Mfa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mfa").field("serial", &self.serial).finish_non_exhaustive()
    }
}
