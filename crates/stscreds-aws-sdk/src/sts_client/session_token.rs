use async_trait::async_trait;
use stscreds_core::{Error, ProviderSource, SessionKey};
use stscreds_provider::{SessionTokenClient, SessionTokenRequest, StsSession};

use super::StsClient;
use super::answer::sts_session;
use super::member::seconds;
use super::retry::retries_with;

#[async_trait]
impl SessionTokenClient for StsClient {
    async fn session_token(&self, request: SessionTokenRequest) -> Result<StsSession, Error> {
        let SessionTokenRequest { duration, mfa, .. } = &request;
        // Built for this one call and kept nowhere: its Debug would show the MFA code.
        let call = self.call("GetSessionToken").with_code_of(mfa.as_ref());
        let sending = self
            .client
            .get_session_token()
            .set_duration_seconds(duration.map(seconds))
            .set_serial_number(mfa.as_ref().map(|mfa| mfa.serial.to_string()))
            .set_token_code(mfa.as_ref().map(|mfa| mfa.code.expose().to_owned()))
            .customize()
            .interceptor(call.witness())
            .config_override(retries_with(mfa.as_ref()))
            .send();
        let output = call.send(sending).await?;
        Ok(sts_session(output.credentials, None))
    }

    fn signing_sources(&self) -> Vec<ProviderSource> {
        self.signing_sources.clone()
    }

    fn client_key(&self) -> Option<SessionKey> {
        self.caller.signed_key()
    }
}
