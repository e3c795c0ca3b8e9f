use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use stscreds_core::{Credentials, CredentialsProvider, Error, ProviderSource, SessionKey};

use super::{FederationTokenClient, FederationTokenProviderBuilder, FederationTokenRequest};
use crate::session_parts::{policy_arns, seconds, tags};
use crate::{FederatedUserName, SessionPolicy};

/// Temporary credentials that an IAM user makes for somebody else.
///
/// The session may do what both the user and the session policies allow. Without a
/// policy it may do nothing but what resources themselves allow it, and of STS it
/// may call `GetCallerIdentity`, `GetScopedCredentials` and `GetDelegatedAccessToken`
/// only. The client must sign with long-term keys. See
/// [the comparison of STS's operations](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html).
///
/// Immutable and safe to share. Each call to
/// [`credentials`](CredentialsProvider::credentials) is a call to STS.
pub struct FederationTokenProvider {
    client: Arc<dyn FederationTokenClient>,
    request: FederationTokenRequest,
}

impl FederationTokenProvider {
    /// The name that credentials of this provider carry.
    pub const NAME: &'static str = "FederationTokenProvider";

    /// A provider of sessions of a federated user of this name.
    pub fn builder(
        client: impl FederationTokenClient + 'static,
        name: FederatedUserName,
    ) -> FederationTokenProviderBuilder {
        FederationTokenProviderBuilder::new(Arc::new(client), name)
    }

    pub(super) fn new(
        client: Arc<dyn FederationTokenClient>,
        request: FederationTokenRequest,
    ) -> Self {
        Self { client, request }
    }

    async fn federate(&self) -> Result<Credentials, Error> {
        let session = self.client.federation_token(self.request.clone()).await?;
        let credentials =
            session.into_credentials("GetFederationToken", Self::NAME, self.provider_sources())?;
        tracing::debug!(
            name = %self.request.name,
            access_key_id = credentials.access_key_id(),
            "began a session of a federated user"
        );
        Ok(credentials)
    }
}

/// # Errors
///
/// By [the table of answers](crate::StsFault::kind), and
/// [`MalformedResponse`](stscreds_core::ErrorKind::MalformedResponse) if STS left
/// something out.
///
/// # Cancel safety
///
/// Dropping the future abandons the call.
#[async_trait]
impl CredentialsProvider for FederationTokenProvider {
    async fn credentials(&self) -> Result<Credentials, Error> {
        self.federate().await
    }

    fn provider_sources(&self) -> Vec<ProviderSource> {
        let mut sources = self.client.signing_sources();
        sources.push(ProviderSource::FederationToken);
        sources
    }

    /// `None` if the client does not say who signs its calls and where they go.
    fn session_key(&self) -> Option<SessionKey> {
        let FederationTokenRequest {
            name,
            duration,
            policy,
            policy_arns: arns,
            tags: session_tags,
        } = &self.request;
        let key = SessionKey::builder("GetFederationToken")
            .key("Client", &self.client.client_key()?)
            .part("Name", name.as_str())
            .optional("DurationSeconds", duration.map(|duration| seconds(duration.as_secs())))
            .optional("Policy", policy.as_ref().map(SessionPolicy::as_str));
        Some(tags(policy_arns(key, arns), session_tags).build())
    }
}

impl fmt::Debug for FederationTokenProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FederationTokenProvider")
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}
