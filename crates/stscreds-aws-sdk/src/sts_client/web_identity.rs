use async_trait::async_trait;
use aws_sdk_sts::config::Config;
use stscreds_core::{Error, SessionKey};
use stscreds_provider::{
    AssumeRoleWithWebIdentityClient, AssumeRoleWithWebIdentityRequest, StsSession,
};

use super::StsClient;
use super::answer::sts_session;
use super::member::{listed, policy_descriptor};
use super::retry::LeftToTheProvider;

#[async_trait]
impl AssumeRoleWithWebIdentityClient for StsClient {
    async fn assume_role_with_web_identity(
        &self,
        request: AssumeRoleWithWebIdentityRequest,
    ) -> Result<StsSession, Error> {
        let AssumeRoleWithWebIdentityRequest { role_arn, session_name, token, policy, .. } =
            &request;
        let call = self.call("AssumeRoleWithWebIdentity");
        let sending = self
            .client
            .assume_role_with_web_identity()
            .role_arn(role_arn.as_str())
            .role_session_name(session_name.as_str())
            .web_identity_token(token.expose())
            .set_duration_seconds(request.duration.map(|duration| i32::from(duration.as_secs())))
            .set_policy(policy.as_ref().map(|policy| policy.as_str().to_owned()))
            .set_policy_arns(listed(request.policy_arns.iter().map(policy_descriptor)))
            .customize()
            .interceptor(call.witness())
            .config_override(Config::builder().retry_classifier(LeftToTheProvider))
            .send();
        let output = call.send(sending).await?;
        Ok(sts_session(output.credentials, output.assumed_role_user.map(|user| user.arn)))
    }

    fn client_key(&self) -> Option<SessionKey> {
        self.caller.destination()
    }
}
