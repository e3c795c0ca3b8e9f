//! The tokens that AWS STS is shown: OIDC identity tokens, SAML assertions and MFA
//! codes, and where they come from.
//!
//! ```
//! use stscreds_core::Error;
//! use stscreds_token::{IdentityToken, IdentityTokenRetriever, MfaChallenge, MfaCode, MfaTokenProvider};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Error> {
//! // A closure is a source of identity tokens ..
//! let retriever = async || IdentityToken::parse("header.payload.signature");
//! let token = retriever.identity_token().await?;
//! assert_eq!(format!("{token:?}"), "IdentityToken(**redacted**)");
//!
//! // .. and of MFA codes.
//! let mfa = async |challenge: MfaChallenge| {
//!     println!("code for {}, attempt {}", challenge.serial(), challenge.attempt());
//!     MfaCode::parse("123456")
//! };
//! let code = mfa.token_code(&MfaChallenge::first("arn:aws:iam::111122223333:mfa/alice".parse()?)).await?;
//! # Ok(()) }
//! ```
//!
//! # Which crate you want
//!
//! This one, to write a token source. To present tokens to STS take
//! `stscreds-provider`.
//!
//! # Features
//!
//! None is on by default.
//!
//! - `prompt`: MFA codes from a person at the terminal.
//! - `command`: MFA codes from the output of a program.
//! - `totp`: MFA codes from the seed of a virtual device.
//! - `http`: identity tokens from URLs and from GitHub Actions, with a TLS stack.
//!
//! # What it does not do
//!
//! It never contacts STS and never verifies a token: STS does. Of a JWT it reads the
//! expiry and nothing else.
//!
//! # Sources
//!
//! | an identity token from | an MFA code from |
//! |---|---|
//! | a file: [`IdentityTokenFile`] | a person at the terminal: `MfaPrompt` (feature `prompt`) |
//! | an environment variable: [`IdentityTokenEnvironment`] | an environment variable: [`MfaEnvironment`] |
//! | a URL: `IdentityTokenUrl` (feature `http`) | the output of a command: `MfaCommand` (feature `command`) |
//! | GitHub Actions: `IdentityTokenGitHubActions` (feature `http`) | the seed of a virtual device: `MfaTotp` (feature `totp`) |
//! | a fixed [`IdentityToken`], a closure | a fixed [`MfaCode`], a closure |
//!
//! A SAML assertion comes from a closure or from a [`SamlAssertionRetriever`] of
//! one's own: each identity provider hands them out in its own way.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod identity;
mod mfa;
#[cfg(feature = "command")]
mod program;
mod saml;

pub use identity::{
    IdentityToken, IdentityTokenEnvironment, IdentityTokenFile, IdentityTokenRetriever,
};
#[cfg(feature = "http")]
#[cfg_attr(docsrs, doc(cfg(feature = "http")))]
pub use identity::{IdentityTokenGitHubActions, IdentityTokenUrl};
#[cfg(feature = "command")]
#[cfg_attr(docsrs, doc(cfg(feature = "command")))]
pub use mfa::MfaCommand;
#[cfg(feature = "prompt")]
#[cfg_attr(docsrs, doc(cfg(feature = "prompt")))]
pub use mfa::MfaPrompt;
#[cfg(feature = "totp")]
#[cfg_attr(docsrs, doc(cfg(feature = "totp")))]
pub use mfa::MfaTotp;
pub use mfa::{MfaChallenge, MfaCode, MfaEnvironment, MfaReason, MfaSerial, MfaTokenProvider};
#[cfg(feature = "command")]
#[cfg_attr(docsrs, doc(cfg(feature = "command")))]
pub use program::ProgramOutput;
pub use saml::{SamlAssertion, SamlAssertionRetriever};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
