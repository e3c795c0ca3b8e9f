use async_trait::async_trait;
use stscreds_core::{Error, ProviderSource, SessionKey};
use stscreds_provider::{
    AssumeRoleClient, AssumeRoleRequest, ProvidedContext, SessionPolicy, StsSession,
};

use super::{policy_arn, tag};
use crate::client::StsHttpClient;
use crate::client::call::{Call, Signing, Spends};
use crate::form::Form;
use crate::response::session;

#[async_trait]
impl AssumeRoleClient for StsHttpClient {
    async fn assume_role(&self, request: AssumeRoleRequest) -> Result<StsSession, Error> {
        let mut form = Form::of(OPERATION)
            .text("RoleArn", request.role_arn.as_str())
            .text("RoleSessionName", request.session_name.as_str())
            .text("DurationSeconds", &request.duration.as_secs().to_string())
            .optional("Policy", request.policy.as_ref().map(SessionPolicy::as_str))
            .list("PolicyArns", request.policy_arns.iter(), policy_arn)
            .list("Tags", request.tags.iter(), tag)
            .list("TransitiveTagKeys", request.tags.transitive_keys(), |form, at, key| {
                form.text(at, key)
            })
            .optional("SourceIdentity", request.source_identity.as_ref().map(ToString::to_string))
            .list("ProvidedContexts", request.provided_contexts.iter(), provided_context);
        if let Some(id) = &request.external_id {
            form = form.secret("ExternalId", id.expose());
        }
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

fn provided_context(form: Form, at: &str, context: &ProvidedContext) -> Form {
    form.text(&format!("{at}.ProviderArn"), context.provider_arn())
        .secret(&format!("{at}.ContextAssertion"), context.assertion().expose())
}

const OPERATION: &str = "AssumeRole";
