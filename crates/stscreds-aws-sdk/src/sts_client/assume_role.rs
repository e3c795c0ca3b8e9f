use async_trait::async_trait;
use aws_sdk_sts::types::{ProvidedContext, Tag};
use stscreds_core::{Error, ProviderSource, SessionKey};
use stscreds_provider::{AssumeRoleClient, AssumeRoleRequest, StsSession};

use super::StsClient;
use super::answer::sts_session;
use super::member::{listed, policy_descriptor, tag};
use super::retry::retries_with;

#[async_trait]
impl AssumeRoleClient for StsClient {
    async fn assume_role(&self, request: AssumeRoleRequest) -> Result<StsSession, Error> {
        let AssumeRoleRequest { role_arn, session_name, duration, external_id, policy, .. } =
            &request;
        let tags: Vec<Tag> = request.tags.iter().map(tag).collect::<Result<_, _>>()?;
        // Built for this one call and kept nowhere: its Debug would show the MFA code and the external id.
        let call = self.call("AssumeRole").with_code_of(request.mfa.as_ref());
        let sending = self
            .client
            .assume_role()
            .role_arn(role_arn.as_str())
            .role_session_name(session_name.as_str())
            .duration_seconds(i32::from(duration.as_secs()))
            .set_external_id(external_id.as_ref().map(|id| id.expose().to_owned()))
            .set_policy(policy.as_ref().map(|policy| policy.as_str().to_owned()))
            .set_policy_arns(listed(request.policy_arns.iter().map(policy_descriptor)))
            .set_serial_number(request.mfa.as_ref().map(|mfa| mfa.serial.to_string()))
            .set_token_code(request.mfa.as_ref().map(|mfa| mfa.code.expose().to_owned()))
            .set_source_identity(request.source_identity.as_ref().map(ToString::to_string))
            .set_tags(listed(tags.into_iter()))
            .set_transitive_tag_keys(listed(request.tags.transitive_keys().map(str::to_owned)))
            .set_provided_contexts(listed(request.provided_contexts.iter().map(provided_context)))
            .customize()
            .interceptor(call.witness())
            .config_override(retries_with(request.mfa.as_ref()))
            .send();
        let output = call.send(sending).await?;
        Ok(sts_session(output.credentials, output.assumed_role_user.map(|user| user.arn)))
    }

    fn signing_sources(&self) -> Vec<ProviderSource> {
        self.signing_sources.clone()
    }

    fn client_key(&self) -> Option<SessionKey> {
        self.caller.signed_key()
    }
}

fn provided_context(context: &stscreds_provider::ProvidedContext) -> ProvidedContext {
    ProvidedContext::builder()
        .provider_arn(context.provider_arn())
        .context_assertion(context.assertion().expose())
        .build()
}
