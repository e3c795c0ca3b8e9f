//! A web identity token from anywhere. Input: the token, a line break, the JWKS document of its issuer.

#![no_main]

use std::time::{Duration, SystemTime};

use fake_sts::oidc::{KeySet, Rules, Token};
use libfuzzer_sys::fuzz_target;

/// 2026-01-01T00:00:00Z, the time at which the seeds are issued.
const NOW: Duration = Duration::from_secs(1_767_225_600);

fuzz_target!(|text: &str| {
    let (token, keys) = text.split_once('\n').unwrap_or((text, ""));
    let keys = KeySet::parse(keys.as_bytes());
    let token = Token::parse(token).map_err(|fault| drop(fault.to_string()));
    let (Ok(keys), Ok(token)) = (keys, token) else { return };
    let clients = ["sts.amazonaws.com".to_owned()];
    match token.verify(&keys, SystemTime::UNIX_EPOCH + NOW, &Rules::new(&clients)) {
        Ok(verified) => assert_eq!(verified.audience, "sts.amazonaws.com"),
        Err(fault) => drop(fault.to_string()),
    }
});
