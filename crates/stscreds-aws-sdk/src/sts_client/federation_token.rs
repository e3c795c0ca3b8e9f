use async_trait::async_trait;
use aws_sdk_sts::types::Tag;
use stscreds_core::{Error, ProviderSource, SessionKey};
use stscreds_provider::{FederationTokenClient, FederationTokenRequest, StsSession};

use super::StsClient;
use super::answer::sts_session;
use super::member::{listed, policy_descriptor, seconds, tag};

#[async_trait]
impl FederationTokenClient for StsClient {
    async fn federation_token(&self, request: FederationTokenRequest) -> Result<StsSession, Error> {
        let FederationTokenRequest { name, duration, policy, policy_arns, tags, .. } = &request;
        let tags: Vec<Tag> = tags.iter().map(tag).collect::<Result<_, _>>()?;
        let call = self.call("GetFederationToken");
        let sending = self
            .client
            .get_federation_token()
            .name(name.as_str())
            .set_duration_seconds(duration.map(seconds))
            .set_policy(policy.as_ref().map(|policy| policy.as_str().to_owned()))
            .set_policy_arns(listed(policy_arns.iter().map(policy_descriptor)))
            .set_tags(listed(tags.into_iter()))
            .customize()
            .interceptor(call.witness())
            .send();
        let output = call.send(sending).await?;
        Ok(sts_session(output.credentials, output.federated_user.map(|user| user.arn)))
    }

    fn signing_sources(&self) -> Vec<ProviderSource> {
        self.signing_sources.clone()
    }

    fn client_key(&self) -> Option<SessionKey> {
        self.caller.signed_key()
    }
}
