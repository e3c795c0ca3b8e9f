//! A fake AWS STS that checks what the real one checks: signatures, policies, MFA codes, identity tokens, expiry.
//!
//! It answers as the service does, to the letter of its messages, so that a client which works against it works against AWS, and one which fails
//! there fails here first.
//!
//! ```
//! use fake_sts::{FakeSts, world::{Account, MfaDevice, Role, User}};
//! use serde_json::json;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sts = FakeSts::builder()
//!     .account(
//!         Account::new("111122223333")
//!             .user(User::new("alice")
//!                 .access_key("AKIARTX3GSDSQALICE22", "a secret")
//!                 .mfa_device(MfaDevice::virtual_device("alice"))
//!                 .policy("allow-sts", json!({"Version": "2012-10-17", "Statement": {
//!                     "Effect": "Allow", "Action": "sts:*", "Resource": "*"}})))
//!             .role(Role::new("deploy").trust_policy(json!({"Version": "2012-10-17", "Statement": {
//!                 "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole",
//!                 "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}}))),
//!     )
//!     .start()
//!     .await?;
//!
//! let endpoint = sts.uri(); // for the client under test
//! let code = sts.totp_code("arn:aws:iam::111122223333:mfa/alice")?; // what her device shows now
//! for call in sts.journal().calls() {
//!     println!("{}", call.explanation());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Which crate you want
//!
//! This one, to test what talks to AWS STS: in Rust as a library, in any other language by the binary of the same name. To talk to STS take
//! `stscreds`, with which this shares no code.
//!
//! # Features
//!
//! All but the last are on by default; a library that tests Rust needs none of them.
//!
//! - `cli`: the binary, and world files in TOML.
//! - `https`: keys of OIDC issuers are fetched over TLS too.
//! - `saml`: `AssumeRoleWithSAML`.
//! - `tls`: serves HTTPS, with a certificate that is made at the start.
//! - `aws-sdk`: a fake without a socket as the HTTP client of the AWS SDK for Rust.
//!
//! # What it does not do
//!
//! Of other services it has a protected resource that says what a caller may do, with a small object store. It calls no service of AWS's, and keeps
//! nothing on disk. What of STS it does not model, and where the real
//! service is disputed, stands in `docs/fake-sts.md`; `docs/testing-with-fake-sts.md` goes from a first test to the rest.

#[cfg(feature = "aws-sdk")]
mod aws_sdk;
pub mod blocking;
pub mod clock;
mod closing;
mod control;
mod control_token;
pub mod endpoints;
mod environment;
mod extended_request_id;
mod external_keys;
mod fake_sts;
pub mod fault;
mod issuer;
pub mod journal;
pub mod oidc;
mod peer;
pub mod reset;
mod resource;
mod revocation;
mod revoked_sessions;
mod router;
mod server;
pub mod standard;
mod start;
mod state;
#[cfg(feature = "tls")]
pub mod tls;

#[cfg(feature = "saml")]
pub use fake_sts_model::saml;
pub use fake_sts_model::{identity as auth, policy, sts as action, switches, wire, world};
use fake_sts_model::{json_words, spelling};

pub use self::control_token::UnusableControlToken;
pub use self::environment::{Environment, UnknownUser};
pub use self::fake_sts::{FakeSts, FakeStsBuilder, StartError, UnknownDevice};
#[cfg(feature = "saml")]
pub use self::issuer::BuiltInIdentityProvider;
pub use self::issuer::BuiltInIssuer;
pub use self::revocation::RevokeError;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
