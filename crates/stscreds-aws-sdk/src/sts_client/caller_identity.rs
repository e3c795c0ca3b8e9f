use async_trait::async_trait;
use stscreds_core::Error;
use stscreds_provider::{CallerIdentity, CallerIdentityClient};

use super::StsClient;

#[async_trait]
impl CallerIdentityClient for StsClient {
    async fn caller_identity(&self) -> Result<CallerIdentity, Error> {
        let call = self.call("GetCallerIdentity");
        let sending =
            self.client.get_caller_identity().customize().interceptor(call.witness()).send();
        let output = call.send(sending).await?;
        CallerIdentity::from_answer(output.account, output.arn, output.user_id)
    }
}
