use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use stscreds_core::{
    Clock, Credentials, CredentialsProvider, Error, ErrorKind, Expires, ProviderSource, SessionKey,
};
use stscreds_token::{IdentityToken, IdentityTokenRetriever};

use super::{
    AssumeRoleWithWebIdentityClient, AssumeRoleWithWebIdentityRequest, ExpiryCheck,
    WebIdentityRoleProviderBuilder,
};
use crate::session_parts::{policy_arns, seconds};
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
    pub(super) configured_name: Option<SessionName>,
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

    /// The session name, if it was configured and not generated.
    #[must_use]
    pub fn session_name(&self) -> Option<&SessionName> {
        self.settings.configured_name.as_ref()
    }

    /// The identity token as it is now.
    ///
    /// # Errors
    ///
    /// Of the retriever, naming the role.
    pub async fn identity_token(&self) -> Result<IdentityToken, Error> {
        self.retriever.identity_token().await.map_err(|error| self.named(error))
    }

    /// The request that presents this token.
    #[must_use]
    pub fn request(&self, token: IdentityToken) -> AssumeRoleWithWebIdentityRequest {
        let Settings {
            role_arn,
            session_name,
            configured_name: _,
            duration,
            policy,
            policy_arns,
            expiry_check: _,
            clock: _,
        } = &self.settings;
        AssumeRoleWithWebIdentityRequest {
            role_arn: role_arn.clone(),
            session_name: session_name.clone(),
            token,
            duration: *duration,
            policy: policy.clone(),
            policy_arns: policy_arns.clone(),
        }
    }

    /// The credentials for this token, and the token that they were granted for.
    ///
    /// That is another one if STS does not accept the token and a newer one is there.
    ///
    /// # Errors
    ///
    /// As [`credentials`](CredentialsProvider::credentials).
    ///
    /// # Cancel safety
    ///
    /// As [`credentials`](CredentialsProvider::credentials).
    pub async fn credentials_for(
        &self,
        token: IdentityToken,
    ) -> Result<(Credentials, IdentityToken), Error> {
        self.assume(token).await.map_err(|error| self.named(error))
    }

    /// The key of the session for this token:
    /// [`session_key`](CredentialsProvider::session_key).
    #[must_use]
    pub fn session_key_for(&self, token: &IdentityToken) -> Option<SessionKey> {
        self.key_with(&token.session_key())
    }

    fn key_with(&self, token: &SessionKey) -> Option<SessionKey> {
        let Settings {
            role_arn,
            session_name: _,
            configured_name,
            duration,
            policy,
            policy_arns: arns,
            expiry_check: _,
            clock: _,
        } = &self.settings;
        let key = SessionKey::builder("AssumeRoleWithWebIdentity")
            .key("Client", &self.client.client_key()?)
            .key("WebIdentityToken", token)
            .part("RoleArn", role_arn.as_str())
            .optional("RoleSessionName", configured_name.as_ref().map(SessionName::as_str))
            .optional("DurationSeconds", duration.map(|d| seconds(d.as_secs().into())))
            .optional("Policy", policy.as_ref().map(SessionPolicy::as_str));
        Some(policy_arns(key, arns).build())
    }

    fn named(&self, error: Error) -> Error {
        error.with_role_arn(self.settings.role_arn.as_str())
    }

    async fn assume(
        &self,
        mut token: IdentityToken,
    ) -> Result<(Credentials, IdentityToken), Error> {
        for pause in PAUSES {
            match self.call(&token).await {
                Err(error) if is_worth_a_fresh_token(&error) => {
                    tracing::debug!(
                        role_arn = %self.settings.role_arn,
                        sts_code = error.sts_code(),
                        "trying again with the identity token read anew"
                    );
                    tokio::time::sleep(pause).await;
                    token = self.retriever.identity_token().await?;
                }
                decided => return decided.map(|credentials| (credentials, token)),
            }
        }
        self.call(&token).await.map(|credentials| (credentials, token))
    }

    async fn call(&self, token: &IdentityToken) -> Result<Credentials, Error> {
        self.refuse_expired(token)?;
        let session = self
            .client
            .assume_role_with_web_identity(self.request(token.clone()))
            .await
            .map_err(|error| without_secret(error, token.expose()))?;
        let credentials = session.into_credentials(
            "AssumeRoleWithWebIdentity",
            Self::NAME,
            self.provider_sources(),
        )?;
        tracing::debug!(
            role_arn = %self.settings.role_arn,
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
        let token = self.identity_token().await?;
        Ok(self.credentials_for(token).await?.0)
    }

    fn provider_sources(&self) -> Vec<ProviderSource> {
        vec![ProviderSource::WebIdentity]
    }

    /// Of the token as it is now. `None` if the client does not say where its calls
    /// go, or the retriever not which token it has.
    fn session_key(&self) -> Option<SessionKey> {
        self.key_with(&self.retriever.token_key()?)
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
