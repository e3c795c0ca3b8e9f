//! XML as a provider's metadata, and as a response that is said to be of it.

#![no_main]

use std::{
    sync::LazyLock,
    time::{Duration, SystemTime},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use fake_sts::{
    saml::{self, Metadata},
    switches::SamlAudience,
};
use libfuzzer_sys::fuzz_target;

/// 2026-01-01T00:00:00Z, the time at which the seeds are issued.
const NOW: Duration = Duration::from_secs(1_767_225_600);

/// Of the provider whose private key nobody has any more: what it did not sign must not pass.
static METADATA: LazyLock<Metadata> =
    LazyLock::new(|| Metadata::parse(include_str!("../corpus/saml/metadata.xml")).unwrap());

fuzz_target!(|xml: &str| {
    let own = Metadata::parse(xml).map_err(|error| drop(error.to_string()));
    let (response, now) = (STANDARD.encode(xml), SystemTime::UNIX_EPOCH + NOW);
    match saml::verify(&response, &METADATA, now, SamlAudience::Ignored) {
        Ok(assertion) => assert_eq!(assertion.subject, "alice@example.com", "forged"),
        Err(fault) => drop((fault.to_string(), fault.cause())),
    }
    if let Ok(own) = own {
        let _ = saml::verify(&response, &own, now, SamlAudience::Ignored);
    }
});
