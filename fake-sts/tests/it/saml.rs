//! SAML responses: what is accepted, and what each broken one is refused with.

mod foreign;
mod metadata;
mod service;
mod verify;

use std::time::{Duration, SystemTime};

use fake_sts::saml::{self, Assertion, AssertionBuilder, IdentityProvider, Metadata, SamlFault};
use fake_sts::switches::SamlAudience;

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

fn idp() -> IdentityProvider {
    IdentityProvider::new("https://idp.example/metadata")
}

fn metadata() -> Metadata {
    Metadata::parse(&idp().metadata().unwrap()).unwrap()
}

fn response() -> AssertionBuilder {
    idp().assertion_at(now()).role(PROVIDER, ROLE)
}

fn verify(response: &str) -> Result<Assertion, SamlFault> {
    saml::verify(response, &metadata(), now(), SamlAudience::Checked)
}

const PROVIDER: &str = "arn:aws:iam::111122223333:saml-provider/Idp";
const ROLE: &str = "arn:aws:iam::111122223333:role/saml";
