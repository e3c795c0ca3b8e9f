//! What proves who somebody is: an identity token, a SAML assertion, an MFA code, a seed of codes. Input: the bytes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stscreds_core::Expires as _;
use stscreds_token::{IdentityToken, MfaCode, MfaTotp, SamlAssertion};

fuzz_target!(|bytes: &[u8]| {
    match IdentityToken::from_bytes(bytes.to_vec()) {
        Ok(token) => {
            let text = std::str::from_utf8(bytes).expect("a token is UTF-8");
            assert_eq!(token.expose(), text.trim());
            assert_eq!(format!("{token:?}"), "IdentityToken(**redacted**)");
            drop(token.expires_at().map(|at| at.to_string()));
        }
        Err(error) => drop(error.to_string()),
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(assertion) = SamlAssertion::parse(text) {
        assert_eq!(assertion.expose(), text.trim());
    }
    if let Ok(code) = MfaCode::parse(text) {
        assert_eq!(code.expose().len(), 6);
    }
    if let Ok(totp) = MfaTotp::from_base32(text) {
        drop(format!("{totp:?}"));
    }
});
