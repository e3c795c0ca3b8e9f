use std::time::Duration;

use async_trait::async_trait;
use stscreds_core::{Credentials, Error, ProviderSource, SessionKey};
use stscreds_provider::{
    ScopedCredentialsClient, ScopedCredentialsRequest, ScopedPolicy, ScopedSession,
    ScopedSessionDescription,
};

use crate::client::StsHttpClient;
use crate::client::call::{Call, Signing, Spends};
use crate::form::Form;
use crate::response::scoped_session;

#[async_trait]
impl ScopedCredentialsClient for StsHttpClient {
    async fn scoped_credentials(
        &self,
        request: ScopedCredentialsRequest,
    ) -> Result<ScopedSession, Error> {
        let ScopedCredentialsRequest {
            policy,
            duration,
            description,
            minimum_session_token_size: size,
            ..
        } = &request;
        let description = description.as_ref().map(ScopedSessionDescription::as_str);
        let form = Form::of(OPERATION)
            .optional("Policy", policy.as_ref().map(ScopedPolicy::as_str))
            .optional("DurationSeconds", duration.map(|duration| duration.as_secs().to_string()))
            .optional("ScopedSessionDescription", description)
            .optional("MinimumSessionTokenSize", size.map(|size| size.as_bytes().to_string()));
        let (signing, spends) = (Signing::Signed, Spends::Nothing);
        let call = Call { operation: OPERATION, form, signing, spends };
        self.call(call, |result| scoped_session(OPERATION, result)).await
    }

    async fn parent(&self, at_least: Duration) -> Result<Option<Credentials>, Error> {
        let Some(source) = &self.0.credentials else { return Ok(None) };
        let parent = source.remaining(at_least).await;
        parent.map(Some).map_err(|error| {
            error.with_context(format_args!("no credentials to sign {OPERATION} with"))
        })
    }

    fn signing_sources(&self) -> Vec<ProviderSource> {
        self.sources()
    }

    fn client_key(&self) -> Option<SessionKey> {
        self.signed_key()
    }
}

const OPERATION: &str = "GetScopedCredentials";
