//! Web identity tokens: what is accepted, and what each broken one is refused with.

mod builder;
mod condition_keys;
mod external;
mod key_set;
mod service;
#[cfg(feature = "https")]
mod tls;
mod verify;

use std::time::{Duration, SystemTime};

use fake_sts::oidc::{Issuer, Rules, Token, TokenFault, VerifiedToken};

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(NOW)
}

fn issuer() -> Issuer {
    Issuer::new("https://issuer.example/tenant")
}

fn clients() -> Vec<String> {
    vec!["sts.amazonaws.com".to_owned(), "second-client".to_owned()]
}

/// By the built-in keys, the strict rules and at the time the tokens of these tests are minted.
fn verify(text: &str) -> Result<VerifiedToken, TokenFault> {
    Token::parse(text)?.verify(&issuer().keys(), now(), &Rules::new(&clients()))
}

const NOW: u64 = 1_800_000_000;
