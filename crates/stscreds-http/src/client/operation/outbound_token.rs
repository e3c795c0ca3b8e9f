use async_trait::async_trait;
use stscreds_core::Error;
use stscreds_provider::{OutboundToken, OutboundTokenClient, OutboundTokenRequest, TokenAudience};

use super::tag;
use crate::client::StsHttpClient;
use crate::client::call::{Call, Signing, Spends};
use crate::form::Form;
use crate::response::outbound_token;

#[async_trait]
impl OutboundTokenClient for StsHttpClient {
    async fn outbound_token(&self, request: OutboundTokenRequest) -> Result<OutboundToken, Error> {
        let duration = request.duration.map(|duration| duration.as_secs().to_string());
        let audiences = request.audiences.iter().map(TokenAudience::as_str);
        let form = Form::of(OPERATION)
            .list("Audience", audiences, Form::text)
            .text("SigningAlgorithm", request.algorithm.as_str())
            .optional("DurationSeconds", duration)
            .list("Tags", request.tags.iter(), tag);
        let (signing, spends) = (Signing::Signed, Spends::Nothing);
        let call = Call { operation: OPERATION, form, signing, spends };
        self.call(call, |result| outbound_token(OPERATION, result)).await
    }
}

const OPERATION: &str = "GetWebIdentityToken";
