use async_trait::async_trait;
use stscreds_core::Error;
use stscreds_provider::{CallerIdentity, CallerIdentityClient};

use super::StsClient;
use super::fault::error_of;

#[async_trait]
impl CallerIdentityClient for StsClient {
    async fn caller_identity(&self) -> Result<CallerIdentity, Error> {
        let output = self
            .client
            .get_caller_identity()
            .send()
            .await
            .map_err(|error| error_of("GetCallerIdentity", error))?;
        CallerIdentity::from_answer(output.account, output.arn, output.user_id)
    }
}
