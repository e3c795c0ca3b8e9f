//! Forms in which credentials are handed on, and are read back.

use stscreds_aws_sdk::{Shell, convert, credential_process};
use stscreds_core::{Credentials, SecretString, Timestamp};

use crate::planted::Planted;

fn session(secret: &Planted) -> Credentials {
    Credentials::builder("ASIAEXAMPLE", secret.text())
        .session_token("a token")
        .expires_at(Timestamp::from_unix_seconds(2_000_000_000))
        .build()
}

#[track_caller]
fn check(form: impl Fn(&Credentials) -> SecretString) {
    let secret = Planted::new(300);

    let credentials = session(&secret);
    let written = form(&credentials);
    assert_eq!(secret.copies(), 2, "the credentials and the form");

    drop((credentials, written));
    assert_eq!(secret.copies(), 0);
}

#[test]
fn the_output_of_a_credential_process_leaves_nothing_behind() {
    check(credential_process::output);
}

#[test]
fn the_exports_of_a_shell_leave_nothing_behind() {
    for shell in [Shell::Sh, Shell::Fish, Shell::PowerShell] {
        check(|credentials| shell.exports(credentials));
    }
}

#[test]
fn what_is_read_of_a_credential_process_leaves_nothing_behind() {
    let secret = Planted::new(300);
    let output = credential_process::output(&session(&secret));

    let read = credential_process::parse(output.expose().as_bytes()).unwrap();
    assert_eq!(secret.copies(), 2, "the output and the credentials");

    drop((output, read));
    assert_eq!(secret.copies(), 0);
}

#[test]
fn conversions_leave_nothing_behind() {
    let secret = Planted::new(300);
    let ours = session(&secret);

    let sdk = convert::to_sdk(&ours);
    let back = convert::from_sdk(&sdk);
    assert_eq!(secret.copies(), 3);

    drop((ours, sdk, back));
    assert_eq!(secret.copies(), 0);
}
