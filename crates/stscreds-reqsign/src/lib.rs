//! Fresh AWS credentials for `reqsign` and what signs with it, such as `opendal`.
//!
//! ```
//! use opendal::Operator;
//! use opendal::services::S3;
//! use reqsign_core::ProvideCredentialChain;
//! use stscreds_cache::CredentialsCache;
//! use stscreds_reqsign::ReqsignCredentials;
//! # use stscreds_core::Credentials;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let provider = Credentials::new("AKIAEXAMPLE", "a secret");
//! let cache = CredentialsCache::new(provider); // of any provider
//! let chain = ProvideCredentialChain::new().push(ReqsignCredentials::new(cache));
//! let s3 = S3::default().bucket("logs").region("eu-central-1").credential_provider_chain(chain);
//! let s3 = Operator::new(s3)?;
//! # Ok(()) }
//! ```
//!
//! # Which crate you want
//!
//! This one for `opendal`, and for programs that sign with `reqsign`. For `object_store` take
//! `stscreds-object-store`. Providers are in `stscreds-provider`, over `stscreds-http` or
//! `stscreds-aws-sdk`.
//!
//! # Features
//!
//! It has none.
//!
//! # Versions
//!
//! | this crate | `reqsign-core` | `reqsign-aws-core` | `opendal` |
//! |---|---|---|---|
//! | 0.1 | 3.3 | 3.2 | 0.59 |
//!
//! # What it does not do
//!
//! It refreshes nothing by itself: the cache does.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod credentials;
mod rejection;

pub use credentials::ReqsignCredentials;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
