//! What a credential_process prints. Input: its output.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stscreds_aws_sdk::{Shell, credential_process};

fuzz_target!(|output: &[u8]| {
    let credentials = match credential_process::parse(output) {
        Ok(credentials) => credentials,
        Err(error) => return drop(error.to_string()),
    };
    let written = credential_process::output(&credentials);
    let back = credential_process::parse(written.expose().as_bytes()).expect("what is written is read");
    assert_eq!(back.access_key_id(), credentials.access_key_id());
    assert_eq!(back.secret_access_key().expose(), credentials.secret_access_key().expose());
    assert_eq!(back.session_token().map(|t| t.expose()), credentials.session_token().map(|t| t.expose()));
    // In whole seconds, as every time of AWS.
    let expiry = |of: &stscreds_core::Credentials| of.expires_at().map(|at| at.unix_seconds());
    assert_eq!(expiry(&back), expiry(&credentials));
    assert_eq!(back.account_id(), credentials.account_id());
    for shell in [Shell::Sh, Shell::Fish, Shell::PowerShell] {
        assert!(!shell.exports(&credentials).expose().is_empty());
    }
});
