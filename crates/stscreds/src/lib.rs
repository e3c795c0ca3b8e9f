//! AWS STS credentials that stay fresh: assume roles, present tokens and MFA codes,
//! and be served while a refresh is under way.
//!
//! ```no_run
//! use stscreds::{AssumeRoleProvider, MfaPrompt, SdkCache, StsClient};
//!
//! # async fn example(sdk_config: aws_types::SdkConfig) -> Result<(), stscreds::Error> {
//! let sts = StsClient::new(&sdk_config);
//! let role = AssumeRoleProvider::builder(sts, "arn:aws:iam::111122223333:role/deploy".parse()?)
//!     .mfa("arn:aws:iam::444455556666:mfa/alice".parse()?, MfaPrompt::new())
//!     .build();
//!
//! let cache = SdkCache::new(role);
//! let credentials = cache.credentials().await?;
//! # Ok(()) }
//! ```
//!
//! # Which crate you want
//!
//! This one, to use the AWS SDK. Without it, take `stscreds-provider` and
//! `stscreds-cache` alone. To test what you build, `fake-sts`.
//!
//! # Features
//!
//! - `prompt` (default): MFA codes from a person at the terminal.
//! - `command`, `totp`: MFA codes from the output of a program, from the seed of a
//!   virtual device.
//! - `http`: identity tokens from URLs and from GitHub Actions.
//! - `aws-config`: our providers in the profiles that the SDK loads, and the SDK's in ours.
//! - `pool`: `cache::pool`, for many identities within one budget of requests to STS.
//! - `default-https-client`: an HTTPS client for the SDK's STS client; programs that
//!   use `aws-config` with its defaults have one.
//!
//! # What it does not do
//!
//! It reads no environment and no file unless it is told to, starts nothing before it
//! is asked for credentials, and leaves sign-on, instances and containers to the SDK.
//!
//! # The paved path
//!
//! 1. **Say who you are**: [`AssumeRoleProvider`] with the keys you have, perhaps
//!    with a code from [`MfaPrompt`]; or [`WebIdentityRoleProvider`] with an
//!    [`IdentityTokenFile`]. Both speak to STS through [`StsClient`].
//! 2. **Keep it fresh**: [`SdkCache`] for clients of the AWS SDK,
//!    [`CredentialsCache`] for a signer of your own.
//! 3. **Use it**: [`credentials`](SdkCache::credentials) for [`Credentials`], or the
//!    cache's two halves in an SDK configuration.
//!
//! What is off that path is in the crates that this one is made of, as modules:
//! [`core`], [`token`], [`cache`], [`provider`] and [`aws_sdk`].
//!
#![doc = include_str!("../examples/README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub use stscreds_aws_sdk as aws_sdk;
pub use stscreds_cache as cache;
pub use stscreds_core as core;
pub use stscreds_provider as provider;
pub use stscreds_token as token;

pub use stscreds_aws_sdk::{SdkCache, StsClient};
pub use stscreds_cache::{CredentialsCache, RefreshPolicy};
pub use stscreds_core::{Credentials, CredentialsProvider, Error, ErrorKind};
pub use stscreds_provider::{AssumeRoleProvider, WebIdentityRoleProvider};
#[cfg(feature = "prompt")]
#[cfg_attr(docsrs, doc(cfg(feature = "prompt")))]
pub use stscreds_token::MfaPrompt;
pub use stscreds_token::{IdentityTokenFile, MfaCode};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
