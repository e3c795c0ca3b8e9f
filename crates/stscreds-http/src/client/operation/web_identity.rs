use async_trait::async_trait;
use stscreds_core::{Error, SessionKey};
use stscreds_provider::{
    AssumeRoleWithWebIdentityClient, AssumeRoleWithWebIdentityRequest, SessionPolicy, StsSession,
};

use super::policy_arn;
use crate::client::StsHttpClient;
use crate::client::call::{Call, Signing, Spends};
use crate::form::Form;
use crate::response::session;

#[async_trait]
impl AssumeRoleWithWebIdentityClient for StsHttpClient {
    async fn assume_role_with_web_identity(
        &self,
        request: AssumeRoleWithWebIdentityRequest,
    ) -> Result<StsSession, Error> {
        let duration = request.duration.map(|duration| duration.as_secs().to_string());
        let form = Form::of(OPERATION)
            .text("RoleArn", request.role_arn.as_str())
            .text("RoleSessionName", request.session_name.as_str())
            .secret("WebIdentityToken", request.token.expose())
            .optional("DurationSeconds", duration)
            .optional("Policy", request.policy.as_ref().map(SessionPolicy::as_str))
            .list("PolicyArns", request.policy_arns.iter(), policy_arn);
        let (signing, spends) = (Signing::Unsigned, Spends::Nothing);
        let call = Call { operation: OPERATION, form, signing, spends };
        self.call(call, |result| session(OPERATION, result)).await
    }

    fn client_key(&self) -> Option<SessionKey> {
        Some(self.destination())
    }
}

const OPERATION: &str = "AssumeRoleWithWebIdentity";
