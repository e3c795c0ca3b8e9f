use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use stscreds_core::{
    Clock, Credentials, CredentialsProvider, Error, ErrorKind, Expires, ProviderSource,
};
use stscreds_token::{IdentityToken, IdentityTokenRetriever};

use super::{
    AssumeRoleWithWebIdentityClient, AssumeRoleWithWebIdentityRequest, ExpiryCheck,
    WebIdentityRoleProviderBuilder,
};
use crate::sts_fault::without_secret;
use crate::{PolicyArns, RoleArn, SessionDuration, SessionName, SessionPolicy};

/// Credentials of a role, assumed with an OIDC token.
///
/// Immutable and safe to share. Each call to
/// [`credentials`](CredentialsProvider::credentials) reads the token anew and
/// calls STS.
pub struct WebIdentityRoleProvider {
    client: Arc<dyn AssumeRoleWithWebIdentityClient>,
    retriever: Arc<dyn IdentityTokenRetriever>,
    settings: Settings,
}

/// What is the same for each call.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) role_arn: RoleArn,
    pub(super) session_name: SessionName,
    pub(super) duration: Option<SessionDuration>,
    pub(super) policy: Option<SessionPolicy>,
    pub(super) policy_arns: PolicyArns,
    pub(super) expiry_check: ExpiryCheck,
    pub(super) clock: Clock,
}

impl WebIdentityRoleProvider {
    /// The name that credentials of this provider carry.
    pub const NAME: &'static str = "WebIdentityCredentials";

    /// A provider that assumes the role with the tokens of this retriever.
    pub fn builder(
        client: impl AssumeRoleWithWebIdentityClient + 'static,
        role_arn: RoleArn,
        retriever: impl IdentityTokenRetriever + 'static,
    ) -> WebIdentityRoleProviderBuilder {
        WebIdentityRoleProviderBuilder::new(Arc::new(client), role_arn, Arc::new(retriever))
    }

    pub(super) fn new(
        client: Arc<dyn AssumeRoleWithWebIdentityClient>,
        retriever: Arc<dyn IdentityTokenRetriever>,
        settings: Settings,
    ) -> Self {
        Self { client, retriever, settings }
    }

    async fn assume(&self) -> Result<Credentials, Error> {
        for pause in PAUSES {
            match self.call().await {
                Err(error) if is_worth_a_fresh_token(&error) => {
                    tracing::debug!(
                        role_arn = %self.settings.role_arn,
                        sts_code = error.sts_code(),
                        "trying again with the identity token read anew"
                    );
                    tokio::time::sleep(pause).await;
                }
                decided => return decided,
            }
        }
        self.call().await
    }

    async fn call(&self) -> Result<Credentials, Error> {
        let token = self.retriever.identity_token().await?;
        self.refuse_expired(&token)?;
        let Settings { role_arn, session_name, duration, policy, policy_arns, .. } = &self.settings;
        let request = AssumeRoleWithWebIdentityRequest {
            role_arn: role_arn.clone(),
            session_name: session_name.clone(),
            token: token.clone(),
            duration: *duration,
            policy: policy.clone(),
            policy_arns: policy_arns.clone(),
        };
        let session = self
            .client
            .assume_role_with_web_identity(request)
            .await
            .map_err(|error| without_secret(error, token.expose()))?;
        let credentials = session.into_credentials(
            "AssumeRoleWithWebIdentity",
            Self::NAME,
            self.provider_sources(),
        )?;
        tracing::debug!(
            role_arn = %role_arn,
            access_key_id = credentials.access_key_id(),
            "assumed a role with a web identity"
        );
        Ok(credentials)
    }

    fn refuse_expired(&self, token: &IdentityToken) -> Result<(), Error> {
        if self.settings.expiry_check == ExpiryCheck::BySts {
            return Ok(());
        }
        match token.expires_at() {
            Some(expiry) if token.is_expired_at(self.settings.clock.now()) => Err(Error::new(
                ErrorKind::IdentityTokenExpired,
                format!("the identity token expired at {expiry}"),
            )),
            _ => Ok(()),
        }
    }
}

/// # Errors
///
/// Every error names the role. Before STS is called: of the retriever, and
/// [`IdentityTokenExpired`](ErrorKind::IdentityTokenExpired). After: by
/// [the table of answers](crate::StsFault::kind).
///
/// `InvalidIdentityToken` and `IDPCommunicationError` are what STS answers when it
/// cannot reach the issuer for a moment, or has not seen its new keys yet: these
/// calls are repeated twice, after 0.1 and 0.2 s, each time with the token read
/// anew.
///
/// # Cancel safety
///
/// Dropping the future abandons the call.
#[async_trait]
impl CredentialsProvider for WebIdentityRoleProvider {
    async fn credentials(&self) -> Result<Credentials, Error> {
        self.assume().await.map_err(|error| error.with_role_arn(self.settings.role_arn.as_str()))
    }

    fn provider_sources(&self) -> Vec<ProviderSource> {
        vec![ProviderSource::WebIdentity]
    }
}

impl fmt::Debug for WebIdentityRoleProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebIdentityRoleProvider")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// Between the three tries that AWS SDKs make by default, doubling as theirs do.
/// Not jittered: a cache in front makes one such call per expiry and process.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(200)];

/// By the code on the wire, since both arrive with HTTP 400, which nobody repeats
/// otherwise.
fn is_worth_a_fresh_token(error: &Error) -> bool {
    let code = error.sts_code().map(|code| code.strip_suffix("Exception").unwrap_or(code));
    matches!(code, Some("InvalidIdentityToken" | "IDPCommunicationError"))
}
