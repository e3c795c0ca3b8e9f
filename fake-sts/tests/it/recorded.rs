//! What AWS was recorded to answer in September 2026, row by row, over HTTP.
//!
//! A row is a request and the response that AWS gave: its status, and for an error its code and message, to the letter. The texts are written out
//! here and never taken from the code under test.

mod as_of;
mod mfa;
mod outbound;
mod root;
#[cfg(feature = "saml")]
mod saml;
mod tokens;
mod trail;
mod trust;
mod web_identity;
mod web_keys;
mod wire;

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use fake_sts::FakeSts;
use fake_sts::world::User;
use serde_json::{Value, json};

use crate::client::{Answer, Call, ask, keys};

const ACCOUNT: &str = "111122223333";

fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_789_128_000)
}

/// `200`, or the whole error.
fn said(answer: &Answer) -> String {
    if answer.status == 200 { "200".to_owned() } else { answer.error() }
}

fn policy(effect: &str, action: &Value, resource: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": resource}]})
}

/// The keys of a user of the worlds of these tests.
fn key_of(name: &str) -> (String, String) {
    (format!("AKIA{:A<16}", name.to_uppercase()), format!("secret of {name}"))
}

fn user(name: &str) -> User {
    let (id, secret) = key_of(name);
    User::new(name).access_key(id, secret)
}

/// A user who may do this with everything.
fn user_who_may(name: &str, action: &str) -> User {
    user(name).policy("allow", policy("Allow", &json!(action), "*"))
}

fn credentials_of(name: &str) -> Credentials {
    let (id, secret) = key_of(name);
    keys((&id, &secret))
}

/// Each row: whose credentials sign, the call, the recorded response.
async fn check(sts: &FakeSts, rows: &[(&str, Call, &str)]) {
    for (caller, call, wanted) in rows {
        let answer = ask(sts, &credentials_of(caller), call.clone()).await;
        assert_eq!(said(&answer), *wanted, "{caller}: {}", call.body);
    }
}
