//! stscreds and the AWS SDK for Rust, joined.
//!
//! ```no_run
//! use stscreds_aws_sdk::{SdkCache, StsClient};
//! use stscreds_provider::AssumeRoleProvider;
//!
//! # async fn example(sdk_config: aws_types::SdkConfig) -> Result<(), stscreds_core::Error> {
//! // Our provider, over the SDK's STS client ..
//! let sts = StsClient::new(&sdk_config);
//! let role = "arn:aws:iam::111122223333:role/deploy".parse()?;
//! let role = AssumeRoleProvider::builder(sts, role).build();
//! let cache = SdkCache::for_config(&sdk_config, role);
//!
//! // .. keeps every SDK client in fresh credentials.
//! let sdk_config = cache.wired_into(&sdk_config);
//! # Ok(()) }
//! ```
//!
//! # Which crate you want
//!
//! This one, to bring single crates of ours together with the SDK. `stscreds` has
//! it with everything else. Without the SDK you want `stscreds-provider` and
//! `stscreds-cache` alone.
//!
//! # Features
//!
//! - `default-https-client` gives the SDK's STS client an HTTPS client of the SDK's
//!   own. Without it, the configuration must bring one: `aws-config`'s does.
//! - `aws-config` adds what needs that crate: `named_source`, our providers as the
//!   `credential_source` of the SDK's profiles, and the SDK's as that of ours.
//! - `pool` adds `StsClient::budget`: requests within a budget, for pools of many identities.
//!
//! # What it does not do
//!
//! It finds no credentials by itself: sign-on, instances and containers are the SDK's
//! ([`SdkSource`]). It reads files and environment only by [`ProfileLoader::from_env`]
//! and [`Environment::of_this_process`], and writes to the disk only if it is given a
//! [`CliCache`].
//!
//! # What joins what
//!
//! | from | to | by |
//! |---|---|---|
//! | `aws_sdk_sts::Client` | what our providers call | [`StsClient`] |
//! | our provider | `ProvideCredentials` and identity cache of SDK clients | [`SdkCache`] |
//! | our provider or cache | `ProvideCredentials`, converted at each call | [`SdkProvider`] |
//! | any `ProvideCredentials` | our provider | [`SdkSource`] |
//! | our cache and any service's builder | a client that recovers from `ExpiredToken` | [`keep_fresh!`] |
//! | `GetWebIdentityToken` | identity tokens for services outside of AWS, kept fresh | [`OutboundTokenCache`] |
//! | a profile in `~/.aws/config` | our provider | [`ProfileLoader`] |
//! | sessions of our provider | files that the AWS CLI shares | [`CliCache`] |
//! | credentials | `credential_process` JSON, shell exports | [`credential_process`], [`Shell`] |
//! | credentials | credentials | [`convert`] |
//! | the SDK's clock | ours | [`time`] |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod causes;
pub mod convert;
mod keep_fresh;
#[cfg(feature = "aws-config")]
mod named_source;
mod outbound_token_cache;
mod profile;
mod sdk_cache;
mod sdk_provider;
mod sdk_source;
mod self_heal;
mod sts_client;
pub mod time;

#[cfg(feature = "aws-config")]
#[cfg_attr(docsrs, doc(cfg(feature = "aws-config")))]
pub use named_source::named_source;
pub use outbound_token_cache::OutboundTokenCache;
pub use profile::{Outline, OutlineBase, OutlineRole, ProfileLoader, ProfileProvider};
pub use sdk_cache::SdkCache;
pub use sdk_provider::SdkProvider;
pub use sdk_source::SdkSource;
pub use self_heal::SelfHeal;
pub use sts_client::StsClient;
pub use stscreds_profile::{
    CliCache, CliSession, Environment, KeptOnDisk, ProfileFile, Profiles, Shell, credential_process,
};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
