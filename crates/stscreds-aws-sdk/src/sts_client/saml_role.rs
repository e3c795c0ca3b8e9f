use async_trait::async_trait;
use stscreds_core::{Error, SessionKey};
use stscreds_provider::{AssumeRoleWithSamlClient, AssumeRoleWithSamlRequest, StsSession};

use super::StsClient;
use super::answer::sts_session;
use super::member::{listed, policy_descriptor};

#[async_trait]
impl AssumeRoleWithSamlClient for StsClient {
    async fn assume_role_with_saml(
        &self,
        request: AssumeRoleWithSamlRequest,
    ) -> Result<StsSession, Error> {
        let AssumeRoleWithSamlRequest { role_arn, principal_arn, assertion, policy, .. } = &request;
        let call = self.call("AssumeRoleWithSAML");
        let sending = self
            .client
            .assume_role_with_saml()
            .role_arn(role_arn.as_str())
            .principal_arn(principal_arn.as_str())
            .saml_assertion(assertion.expose())
            .set_duration_seconds(request.duration.map(|duration| i32::from(duration.as_secs())))
            .set_policy(policy.as_ref().map(|policy| policy.as_str().to_owned()))
            .set_policy_arns(listed(request.policy_arns.iter().map(policy_descriptor)))
            .customize()
            .interceptor(call.witness())
            .send();
        let output = call.send(sending).await?;
        Ok(sts_session(output.credentials, output.assumed_role_user.map(|user| user.arn)))
    }

    fn client_key(&self) -> Option<SessionKey> {
        self.caller.destination()
    }
}
