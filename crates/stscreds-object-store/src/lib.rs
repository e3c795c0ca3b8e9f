//! Fresh AWS credentials for [`object_store`].
//!
//! ```
//! use std::sync::Arc;
//!
//! use object_store::aws::AmazonS3Builder;
//! use stscreds_cache::CredentialsCache;
//! use stscreds_object_store::ObjectStoreCredentials;
//! # use stscreds_core::Credentials;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let provider = Credentials::new("AKIAEXAMPLE", "a secret");
//! let cache = CredentialsCache::new(provider); // of any provider
//! let s3 = AmazonS3Builder::new()
//!     .with_bucket_name("logs")
//!     .with_region("eu-central-1")
//!     .with_credentials(Arc::new(ObjectStoreCredentials::new(cache)))
//!     .build()?;
//! # Ok(()) }
//! ```
//!
//! # Which crate you want
//!
//! This one, if your program uses `object_store`, or a crate above it such as `DataFusion`, Lance
//! or `delta-rs`. For `opendal` take `stscreds-reqsign`. Providers are in `stscreds-provider`,
//! over `stscreds-http` or `stscreds-aws-sdk`.
//!
//! # Features
//!
//! It has none. It brings `object_store` without an HTTP client; switch on the feature `aws` of
//! `object_store` for its own.
//!
//! # Versions
//!
//! | this crate | `object_store` |
//! |---|---|
//! | 0.1 | 0.14 |
//!
//! # What it does not do
//!
//! It refreshes nothing by itself: the cache does. A provider without a cache is asked at each
//! request.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod credentials;
mod rejection;

pub use credentials::ObjectStoreCredentials;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
