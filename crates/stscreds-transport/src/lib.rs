//! The HTTP client that the crates of stscreds share: [`HttpClient`], a trait with
//! one method.
//!
//! ```
//! use async_trait::async_trait;
//! use bytes::Bytes;
//! use http::{Request, Response};
//! use stscreds_transport::{HttpClient, HttpError};
//!
//! /// Sends nothing, for a test.
//! #[derive(Debug)]
//! struct Fixed(&'static str);
//!
//! #[async_trait]
//! impl HttpClient for Fixed {
//!     async fn send(&self, _request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
//!         Ok(Response::new(Bytes::from_static(self.0.as_bytes())))
//!     }
//! }
//! ```
//!
//! # Which crate you want
//!
//! `stscreds-http`, to call STS. This crate, to give `stscreds-http` or
//! `stscreds-token` an HTTP client of your own.
//!
//! # Features
//!
//! None is on by default.
//!
//! - `hyper`: `HyperClient`, HTTP/1.1 with TLS by rustls.
//! - `reqwest`: `ReqwestClient`, for a program that uses reqwest. It switches nothing of
//!   reqwest on: TLS is up to the program.
//! - `webpki-roots`: Mozilla's certificate authorities, compiled in. `HyperClient`
//!   trusts them if the system has none.
//!
//! # What it does not do
//!
//! It follows no redirect, repeats no request, keeps no cookie and speaks no HTTP/2.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
mod error;
mod option;

#[cfg(feature = "hyper")]
mod hyper_client;
#[cfg(feature = "hyper")]
mod proxy;
#[cfg(feature = "reqwest")]
mod reqwest_client;
#[cfg(feature = "hyper")]
mod target;

pub use client::HttpClient;
pub use error::{HttpError, HttpErrorKind};
#[cfg(feature = "hyper")]
#[cfg_attr(docsrs, doc(cfg(feature = "hyper")))]
pub use hyper_client::{HyperClient, HyperClientBuilder};
pub use option::{MaxResponseBytes, NewConnection};
#[cfg(feature = "hyper")]
#[cfg_attr(docsrs, doc(cfg(feature = "hyper")))]
pub use proxy::Proxies;
#[cfg(feature = "reqwest")]
#[cfg_attr(docsrs, doc(cfg(feature = "reqwest")))]
pub use reqwest_client::ReqwestClient;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
