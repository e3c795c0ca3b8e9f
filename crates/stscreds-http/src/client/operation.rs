//! A file for each view of STS.

mod assume_role;
mod caller_identity;
mod federation_token;
mod outbound_token;
mod saml_role;
mod scoped_credentials;
mod session_token;
mod web_identity;

use stscreds_core::{ProviderSource, SessionKey};
use stscreds_provider::SessionTag;

use super::StsHttpClient;
use crate::form::Form;

impl StsHttpClient {
    fn sources(&self) -> Vec<ProviderSource> {
        self.0.credentials.as_ref().map(|c| c.provider_sources()).unwrap_or_default()
    }

    /// Where the calls go: what the sessions of calls that nobody signs have in common.
    fn destination(&self) -> SessionKey {
        let endpoint = &self.0.endpoint;
        SessionKey::builder("Destination")
            .part("Region", endpoint.signing_region())
            .part("Endpoint", endpoint.to_string())
            .build()
    }

    /// Where the calls go and who signs them; `None` for a signer without a key.
    fn signed_key(&self) -> Option<SessionKey> {
        let signer = self.0.credentials.as_ref()?.session_key()?;
        let key = SessionKey::builder("Client")
            .key("Signer", &signer)
            .key("Destination", &self.destination());
        Some(key.build())
    }
}

fn policy_arn(form: Form, at: &str, arn: &str) -> Form {
    form.text(&format!("{at}.arn"), arn)
}

fn tag(form: Form, at: &str, tag: &SessionTag) -> Form {
    form.text(&format!("{at}.Key"), tag.key()).text(&format!("{at}.Value"), tag.value())
}
