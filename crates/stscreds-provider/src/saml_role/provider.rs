use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use stscreds_core::{Credentials, CredentialsProvider, Error, ProviderSource, SessionKey};
use stscreds_token::SamlAssertionRetriever;

use super::{AssumeRoleWithSamlClient, AssumeRoleWithSamlRequest, SamlRoleProviderBuilder};
use crate::session_parts::{policy_arns, seconds};
use crate::sts_fault::without_secret;
use crate::{PolicyArns, RoleArn, SamlProviderArn, SessionDuration, SessionPolicy};

/// Credentials of a role, assumed with a SAML assertion.
///
/// The name of the session stands in the assertion. Immutable and safe to share.
/// Each call to [`credentials`](CredentialsProvider::credentials) asks for an
/// assertion anew, since one must be redeemed within five minutes, and calls STS
/// once.
pub struct SamlRoleProvider {
    client: Arc<dyn AssumeRoleWithSamlClient>,
    retriever: Arc<dyn SamlAssertionRetriever>,
    settings: Settings,
}

/// What is the same for each call.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) role_arn: RoleArn,
    pub(super) principal_arn: SamlProviderArn,
    pub(super) duration: Option<SessionDuration>,
    pub(super) policy: Option<SessionPolicy>,
    pub(super) policy_arns: PolicyArns,
}

impl SamlRoleProvider {
    /// The name that credentials of this provider carry.
    pub const NAME: &'static str = "SamlRoleProvider";

    /// A provider that assumes the role with the assertions of this retriever, which
    /// the SAML provider of the account vouches for.
    pub fn builder(
        client: impl AssumeRoleWithSamlClient + 'static,
        role_arn: RoleArn,
        principal_arn: SamlProviderArn,
        retriever: impl SamlAssertionRetriever + 'static,
    ) -> SamlRoleProviderBuilder {
        let (client, retriever) = (Arc::new(client), Arc::new(retriever));
        SamlRoleProviderBuilder::new(client, role_arn, principal_arn, retriever)
    }

    pub(super) fn new(
        client: Arc<dyn AssumeRoleWithSamlClient>,
        retriever: Arc<dyn SamlAssertionRetriever>,
        settings: Settings,
    ) -> Self {
        Self { client, retriever, settings }
    }

    async fn assume(&self) -> Result<Credentials, Error> {
        let assertion = self.retriever.saml_assertion().await?;
        let Settings { role_arn, principal_arn, duration, policy, policy_arns } = &self.settings;
        let request = AssumeRoleWithSamlRequest {
            role_arn: role_arn.clone(),
            principal_arn: principal_arn.clone(),
            assertion: assertion.clone(),
            duration: *duration,
            policy: policy.clone(),
            policy_arns: policy_arns.clone(),
        };
        let session = self
            .client
            .assume_role_with_saml(request)
            .await
            .map_err(|error| without_secret(error, assertion.expose()))?;
        let credentials =
            session.into_credentials("AssumeRoleWithSAML", Self::NAME, self.provider_sources())?;
        tracing::debug!(
            role_arn = %role_arn,
            access_key_id = credentials.access_key_id(),
            "assumed a role with a SAML assertion"
        );
        Ok(credentials)
    }
}

/// # Errors
///
/// Every error names the role. Before STS is called: of the retriever. After: by
/// [the table of answers](crate::StsFault::kind), and
/// [`MalformedResponse`](stscreds_core::ErrorKind::MalformedResponse) if STS left
/// something out.
///
/// # Cancel safety
///
/// Dropping the future abandons the call.
#[async_trait]
impl CredentialsProvider for SamlRoleProvider {
    async fn credentials(&self) -> Result<Credentials, Error> {
        self.assume().await.map_err(|error| error.with_role_arn(self.settings.role_arn.as_str()))
    }

    fn provider_sources(&self) -> Vec<ProviderSource> {
        vec![ProviderSource::Saml]
    }

    /// `None` if the client does not say where its calls go, or the retriever not
    /// whose assertions it has.
    fn session_key(&self) -> Option<SessionKey> {
        let Settings { role_arn, principal_arn, duration, policy, policy_arns: arns } =
            &self.settings;
        let key = SessionKey::builder("AssumeRoleWithSAML")
            .key("Client", &self.client.client_key()?)
            .key("SAMLAssertion", &self.retriever.assertion_key()?)
            .part("RoleArn", role_arn.as_str())
            .part("PrincipalArn", principal_arn.as_str())
            .optional("DurationSeconds", duration.map(|d| seconds(d.as_secs().into())))
            .optional("Policy", policy.as_ref().map(SessionPolicy::as_str));
        Some(policy_arns(key, arns).build())
    }
}

impl fmt::Debug for SamlRoleProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SamlRoleProvider").field("settings", &self.settings).finish_non_exhaustive()
    }
}
