//! A file for each view of STS.

mod assume_role;
mod caller_identity;
mod federation_token;
mod saml_role;
mod session_token;
mod web_identity;

use stscreds_core::ProviderSource;
use stscreds_provider::SessionTag;

use super::StsHttpClient;
use crate::form::Form;

impl StsHttpClient {
    fn sources(&self) -> Vec<ProviderSource> {
        self.0.credentials.as_ref().map(|c| c.provider_sources()).unwrap_or_default()
    }
}

fn policy_arn(form: Form, at: &str, arn: &str) -> Form {
    form.text(&format!("{at}.arn"), arn)
}

fn tag(form: Form, at: &str, tag: &SessionTag) -> Form {
    form.text(&format!("{at}.Key"), tag.key()).text(&format!("{at}.Value"), tag.value())
}
