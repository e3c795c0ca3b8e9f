mod wire;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use stscreds_core::{Credentials, Error, ProviderSource, SessionKey};
use stscreds_provider::{ScopedCredentialsClient, ScopedCredentialsRequest, ScopedSession};

use self::wire::{Answered, Exchanged};
use super::StsClient;
use super::answer::sts_session;
use super::caller::Signer;

#[async_trait]
impl ScopedCredentialsClient for StsClient {
    async fn scoped_credentials(
        &self,
        request: ScopedCredentialsRequest,
    ) -> Result<ScopedSession, Error> {
        let call = self.call(OPERATION);
        let answered = Arc::new(Answered::default());
        let sending = self
            .client
            .get_session_token()
            .customize()
            .interceptor(Exchanged::new(&request, Arc::clone(&answered)))
            .interceptor(call.witness())
            .send();
        let output = call.send(sending).await?;
        let mut scoped = answered.take();
        scoped.session = sts_session(output.credentials, scoped.session.arn);
        Ok(scoped)
    }

    async fn parent(&self, at_least: Duration) -> Result<Option<Credentials>, Error> {
        let Some(Signer::Provider(source)) = &self.caller.signer else { return Ok(None) };
        let parent = source.remaining(at_least).await;
        parent.map(Some).map_err(|error| {
            error
                .with_context(format_args!("no credentials to sign {OPERATION} with"))
                .while_signing()
        })
    }

    fn signing_sources(&self) -> Vec<ProviderSource> {
        self.signing_sources.clone()
    }

    fn client_key(&self) -> Option<SessionKey> {
        self.caller.signed_key()
    }
}

const OPERATION: &str = "GetScopedCredentials";
