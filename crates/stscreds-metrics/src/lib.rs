//! Metrics of credentials caches for any exporter of the [`metrics`] facade.
//!
//! ```
//! use stscreds_cache::CredentialsCache;
//! # use stscreds_core::Credentials;
//! # let provider = Credentials::new("AKIAEXAMPLE", "a secret");
//! let metrics = stscreds_metrics::observer();
//!
//! let cache = CredentialsCache::builder(provider).name("deploy").observer(metrics).build();
//! ```
//!
//! # Which crate you want
//!
//! This one, if your program has an exporter of the `metrics` facade. For a form of your own
//! take `stscreds_cache::Observer`.
//!
//! # Features
//!
//! It has none.
//!
//! # What it does not do
//!
//! It installs no exporter: the program does, before or after. It counts nothing on a hit, so
//! there is no hit rate; calls to STS are what costs, and they are counted.
//!
//! # What there is
//!
//! Each has the label `cache`: the name that the cache's builder was given, or `unnamed`.
//!
//! | name | is | unit |
//! |---|---|---|
//! | [`REFRESHES`] | a counter; label `outcome`: `ok`, `failed`, `abandoned` | refreshes |
//! | [`FAILURES`] | a counter; label `kind`: an [`ErrorKind`](https://docs.rs/stscreds-core) | refreshes |
//! | [`DURATION`] | a histogram | seconds |
//! | [`EXPIRY`] | a gauge: when the cached value expires | seconds since 1970 |
//! | [`STALE`] | a counter: a value was served past its expiry, counted once for each pause | pauses |
//! | [`REJECTIONS`] | a counter: a cached value was invalidated | values |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod names;
mod observer;

pub use names::{DURATION, EXPIRY, FAILURES, REFRESHES, REJECTIONS, STALE};
pub use observer::observer;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
