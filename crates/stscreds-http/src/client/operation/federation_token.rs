use async_trait::async_trait;
use stscreds_core::{Error, ProviderSource, SessionKey};
use stscreds_provider::{FederationTokenClient, FederationTokenRequest, SessionPolicy, StsSession};

use super::{policy_arn, tag};
use crate::client::StsHttpClient;
use crate::client::call::{Call, Signing, Spends};
use crate::form::Form;
use crate::response::session;

#[async_trait]
impl FederationTokenClient for StsHttpClient {
    async fn federation_token(&self, request: FederationTokenRequest) -> Result<StsSession, Error> {
        let duration = request.duration.map(|duration| duration.as_secs().to_string());
        let form = Form::of(OPERATION)
            .text("Name", request.name.as_str())
            .optional("DurationSeconds", duration)
            .optional("Policy", request.policy.as_ref().map(SessionPolicy::as_str))
            .list("PolicyArns", request.policy_arns.iter(), policy_arn)
            .list("Tags", request.tags.iter(), tag);
        let (signing, spends) = (Signing::Signed, Spends::Nothing);
        let call = Call { operation: OPERATION, form, signing, spends };
        self.call(call, |result| session(OPERATION, result)).await
    }

    fn signing_sources(&self) -> Vec<ProviderSource> {
        self.sources()
    }

    fn client_key(&self) -> Option<SessionKey> {
        self.signed_key()
    }
}

const OPERATION: &str = "GetFederationToken";
