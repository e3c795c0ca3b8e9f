use std::time::SystemTime;

use async_trait::async_trait;
use aws_sdk_sts::types::Tag;
use stscreds_core::{Error, SecretString, Timestamp};
use stscreds_provider::{OutboundToken, OutboundTokenClient, OutboundTokenRequest, TokenAudience};

use super::StsClient;
use super::member::{listed, tag};

#[async_trait]
impl OutboundTokenClient for StsClient {
    async fn outbound_token(&self, request: OutboundTokenRequest) -> Result<OutboundToken, Error> {
        let OutboundTokenRequest { audiences, algorithm, duration, tags, .. } = &request;
        let tags: Vec<Tag> = tags.iter().map(tag).collect::<Result<_, _>>()?;
        let call = self.call("GetWebIdentityToken");
        // At most 3600.
        let seconds = duration.and_then(|duration| i32::try_from(duration.as_secs()).ok());
        let sending = self
            .client
            .get_web_identity_token()
            .set_audience(listed(audiences.iter().map(TokenAudience::to_string)))
            .signing_algorithm(algorithm.as_str())
            .set_duration_seconds(seconds)
            .set_tags(listed(tags.into_iter()))
            .customize()
            .interceptor(call.witness())
            .send();
        let output = call.send(sending).await?;
        let expiration = output.expiration.and_then(|at| SystemTime::try_from(at).ok());
        OutboundToken::from_answer(
            output.web_identity_token.map(SecretString::from),
            expiration.map(Timestamp::from),
        )
    }
}
