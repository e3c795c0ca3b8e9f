//! A fake AWS STS that checks what the real one checks: signatures, policies, MFA codes, identity tokens, expiry.
//!
//! It answers as the service does, to the letter of its messages, so that a client which works against it works against AWS, and one which fails
//! there fails here first.
//!
//! ```
//! use fake_sts::{FakeSts, world::{Account, MfaDevice, Role, User}};
//! use serde_json::json;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
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
//! let code = sts.totp_code("arn:aws:iam::111122223333:mfa/alice")?;
//! for call in sts.journal().calls() {
//!     println!("{}", call.explanation());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Features, all but the last on by default: `cli` is the binary, `https` fetches keys of OIDC issuers behind TLS, `saml` is
//! `AssumeRoleWithSAML`, `tls` serves HTTPS, and `aws-sdk` is a fake without a socket for the AWS SDK for Rust. What is modelled and what is not stands in `docs/fake-sts.md`.

pub mod action;
pub mod auth;
#[cfg(feature = "aws-sdk")]
mod aws_sdk;
pub mod blocking;
pub mod clock;
mod control;
mod environment;
mod fake_sts;
pub mod fault;
mod issuer;
pub mod journal;
pub mod oidc;
pub mod policy;
mod router;
#[cfg(feature = "saml")]
pub mod saml;
mod server;
mod state;
pub mod switches;
#[cfg(feature = "tls")]
pub mod tls;
pub mod wire;
pub mod world;

#[cfg(feature = "saml")]
pub use self::issuer::BuiltInIdentityProvider;
pub use self::{
    control::UnusableControlToken,
    environment::{Environment, UnknownUser},
    fake_sts::{FakeSts, FakeStsBuilder, StartError, UnknownDevice},
    issuer::BuiltInIssuer,
};
