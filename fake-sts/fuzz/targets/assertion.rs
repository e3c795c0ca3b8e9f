//! What a well-signed assertion may say. Input: the subject, then a line `name=value` for each attribute.

#![no_main]

use std::{
    sync::LazyLock,
    time::{Duration, SystemTime},
};

use fake_sts::{
    saml::{self, IdentityProvider, Metadata, SamlFault},
    switches::SamlAudience,
};
use libfuzzer_sys::fuzz_target;

/// 2026-01-01T00:00:00Z, the time at which the assertions are issued.
const NOW: Duration = Duration::from_secs(1_767_225_600);

static PROVIDER: LazyLock<(IdentityProvider, Metadata)> = LazyLock::new(|| {
    let provider = IdentityProvider::new("https://idp.example/metadata");
    let metadata = Metadata::parse(&provider.metadata().unwrap()).unwrap();
    (provider, metadata)
});

fuzz_target!(|text: &str| {
    let (subject, attributes) = text.split_once('\n').unwrap_or((text, ""));
    let now = SystemTime::UNIX_EPOCH + NOW;
    let (provider, metadata) = &*PROVIDER;
    let mut assertion = provider.assertion_at(now).subject(subject);
    for (name, value) in attributes.lines().filter_map(|line| line.split_once('=')) {
        assertion = assertion.attribute(name, value.split('|'));
    }
    match saml::verify(&assertion.mint(), metadata, now, SamlAudience::Ignored) {
        Err(
            fault @ (SamlFault::NotBase64
            | SamlFault::Invalid { .. }
            | SamlFault::SignatureInvalid { .. }),
        ) => panic!("the provider's own assertion: {fault}, {:?}", fault.cause()),
        Err(fault) => drop(fault.to_string()),
        Ok(assertion) => drop(assertion.name_qualifier("111122223333", "Idp")),
    }
});
