use async_trait::async_trait;
use stscreds_core::Error;
use stscreds_provider::{CallerIdentity, CallerIdentityClient};

use crate::client::StsHttpClient;
use crate::client::call::{Call, Signing, Spends};
use crate::form::Form;
use crate::response::caller_identity;

#[async_trait]
impl CallerIdentityClient for StsHttpClient {
    async fn caller_identity(&self) -> Result<CallerIdentity, Error> {
        let form = Form::of(OPERATION);
        let (signing, spends) = (Signing::Signed, Spends::Nothing);
        let call = Call { operation: OPERATION, form, signing, spends };
        self.call(call, caller_identity).await
    }
}

const OPERATION: &str = "GetCallerIdentity";
