//! AWS STS over plain HTTP, without the AWS SDK: requests signed, sent and read by some
//! dozens of crates less.
//!
//! ```no_run
//! use stscreds_core::{Credentials, CredentialsProvider, Error};
//! use stscreds_http::StsHttpClient;
//! use stscreds_provider::AssumeRoleProvider;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Error> {
//! let keys = Credentials::new("AKIAEXAMPLE", "a secret");
//! let sts = StsHttpClient::new("eu-central-1".parse()?, keys);
//!
//! let role = "arn:aws:iam::111122223333:role/deploy".parse()?;
//! let provider = AssumeRoleProvider::builder(sts, role).build();
//! println!("{:?}", provider.credentials().await?);
//! # Ok(()) }
//! ```
//!
//! # Providers
//!
//! | | asks |
//! |---|---|
//! | [`StsHttpClient`], under the providers of `stscreds-provider` | STS |
//! | [`ContainerCredentials`] | the endpoint of ECS, EKS Pod Identity or a broker |
//! | [`InstanceCredentials`] | the metadata service of an EC2 instance |
//!
//! # Which crate you want
//!
//! This one, if your program does not use the AWS SDK for Rust. If it does:
//! `stscreds`. Put `stscreds-cache` in front of the providers.
//!
//! # Features
//!
//! - `hyper` (default): an HTTP client by hyper and rustls. Without it, give an
//!   [`HttpClient`](stscreds_transport::HttpClient) of your own.
//! - `reqwest`: `ReqwestClient` of `stscreds-transport`, to send requests by.
//! - `webpki-roots`: certificate authorities compiled in, for machines without any.
//!
//! # What it does not do
//!
//! It calls no service but STS and the endpoints that give out credentials, keeps
//! nothing, and reads the environment only in functions named `from_env`.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
mod endpoint;

mod container;
mod instance;
mod local;

mod environment;
mod form;
mod response;
mod retry;
mod sigv4;

pub use client::{PresignedRequest, StsHttpClient, StsHttpClientBuilder, Timeouts};
pub use container::{ContainerCredentials, ContainerCredentialsBuilder};
pub use endpoint::{EndpointSettings, StsEndpoint};
pub use instance::{InstanceCredentials, InstanceCredentialsBuilder};
pub use retry::RetryPolicy;

#[cfg(all(doctest, feature = "hyper"))]
#[doc = include_str!("../README.md")]
mod readme {}
