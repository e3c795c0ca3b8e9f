use async_trait::async_trait;
use stscreds_core::{Error, ProviderSource, SessionKey};
use stscreds_provider::{SessionTokenClient, SessionTokenRequest, StsSession};

use crate::client::StsHttpClient;
use crate::client::call::{Call, Signing, Spends};
use crate::form::Form;
use crate::response::session;

#[async_trait]
impl SessionTokenClient for StsHttpClient {
    async fn session_token(&self, request: SessionTokenRequest) -> Result<StsSession, Error> {
        let duration = request.duration.map(|duration| duration.as_secs().to_string());
        let mut form = Form::of(OPERATION).optional("DurationSeconds", duration);
        if let Some(mfa) = &request.mfa {
            form = form.text("SerialNumber", mfa.serial.as_ref());
            form = form.secret("TokenCode", mfa.code.expose());
        }
        let spends = Spends::of(request.mfa.as_ref());
        let call = Call { operation: OPERATION, form, signing: Signing::Signed, spends };
        self.call(call, |result| session(OPERATION, result)).await
    }

    fn signing_sources(&self) -> Vec<ProviderSource> {
        self.sources()
    }

    fn client_key(&self) -> Option<SessionKey> {
        self.signed_key()
    }
}

const OPERATION: &str = "GetSessionToken";
