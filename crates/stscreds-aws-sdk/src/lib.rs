//! stscreds and the AWS SDK for Rust, joined.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod convert;
mod sdk_provider;
mod sdk_source;
mod sts_client;

pub use sdk_provider::SdkProvider;
pub use sdk_source::SdkSource;
pub use sts_client::StsClient;
