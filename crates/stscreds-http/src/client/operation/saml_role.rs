use async_trait::async_trait;
use stscreds_core::{Error, SessionKey};
use stscreds_provider::{
    AssumeRoleWithSamlClient, AssumeRoleWithSamlRequest, SessionPolicy, StsSession,
};

use super::policy_arn;
use crate::client::StsHttpClient;
use crate::client::call::{Call, Signing, Spends};
use crate::form::Form;
use crate::response::session;

#[async_trait]
impl AssumeRoleWithSamlClient for StsHttpClient {
    async fn assume_role_with_saml(
        &self,
        request: AssumeRoleWithSamlRequest,
    ) -> Result<StsSession, Error> {
        let duration = request.duration.map(|duration| duration.as_secs().to_string());
        let form = Form::of(OPERATION)
            .text("RoleArn", request.role_arn.as_str())
            .text("PrincipalArn", request.principal_arn.as_str())
            .secret("SAMLAssertion", request.assertion.expose())
            .optional("DurationSeconds", duration)
            .optional("Policy", request.policy.as_ref().map(SessionPolicy::as_str))
            .list("PolicyArns", request.policy_arns.iter(), policy_arn);
        let (signing, spends) = (Signing::Unsigned, Spends::Nothing);
        let call = Call { operation: OPERATION, form, signing, spends };
        self.call(call, |result| session(OPERATION, result)).await
    }

    fn client_key(&self) -> Option<SessionKey> {
        Some(self.destination())
    }
}

const OPERATION: &str = "AssumeRoleWithSAML";
