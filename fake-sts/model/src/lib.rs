//! What AWS STS decides, as pure functions of a world, a request and a time.
//!
//! ```
//! use fake_sts_model::identity::{Incoming, Rules};
//! use http::{HeaderMap, HeaderValue, header};
//!
//! let mut headers = HeaderMap::new();
//! headers.insert(header::HOST, HeaderValue::from_static("localhost:8080"));
//! let unsigned = Incoming { method: "GET", path: "/", query: "Action=GetCallerIdentity&Version=2011-06-15", headers: &headers, body: b"" };
//!
//! let fault = Rules::sts().read(&unsigned, jiff::Timestamp::UNIX_EPOCH).unwrap_err();
//! assert_eq!(fault.to_string(), "Request is missing Authentication Token");
//! ```
//!
//! # Which crate you want
//!
//! To test a program that calls STS you want `fake-sts`, which puts this model behind HTTP. This crate is for a program that asks what AWS would
//! decide without a server.
//!
//! # Features
//!
//! - `saml`: `AssumeRoleWithSAML`. On by default.
//!
//! # What it does not do
//!
//! It opens no socket, starts no task, waits for nothing and reads no clock: the time is an argument. Keys of issuers elsewhere are fetched by
//! the caller.

pub mod identity;
pub mod json_words;
pub mod oidc;
pub mod policy;
#[cfg(feature = "saml")]
pub mod saml;
pub mod spelling;
pub mod sts;
pub mod switches;
pub mod wire;
pub mod world;
