//! Keeps what expires fresh: a refresh begins ahead of the expiry, and callers are
//! served meanwhile.
//!
//! ```
//! use stscreds_cache::CredentialsCache;
//! use stscreds_core::{Credentials, Error};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Error> {
//! // Any provider will do; here a closure.
//! let cache = CredentialsCache::new(async || Ok(Credentials::new("AKIAEXAMPLE", "a secret")));
//!
//! // The first caller waits. From then on a call is a pointer load and a look at the clock.
//! let credentials = cache.credentials().await?;
//! # assert_eq!(credentials.access_key_id(), "AKIAEXAMPLE");
//! # Ok(()) }
//! ```
//!
//! # Which crate you want
//!
//! This one, to put a cache before a provider of your own, or around anything else
//! that expires ([`Cache`]). To assume roles take `stscreds-provider`; to use both
//! with the AWS SDK, `stscreds`.
//!
//! # Features
//!
//! - `blocking`: `BlockingCredentials`, for programs without async.
//! - `pool`: the module `pool`, for many identities within one budget of requests.
//!
//! # What it does not do
//!
//! It knows no provider and no service, and keeps nothing on disk. Unless it is asked to
//! ([`Upkeep::InBackground`]), it runs no task, timer or thread while there is nothing
//! to refresh.
//!
//! # Which read you want
//!
//! | | waits | yields | for |
//! |---|---|---|---|
//! | [`credentials().await`](CredentialsCache::credentials) | if nothing can be served | a handle | almost everything |
//! | [`read(..).await`](CredentialsCache::read) | if nothing can be served | what a closure makes of a reference | signers |
//! | [`with`](CredentialsCache::with) | never | the same, or nothing | code that looks first |
//! | [`peek`](CredentialsCache::peek) | never | a handle, until the expiry | code that cannot await |
//! | [`reader`](CredentialsCache::reader) | like `with` or `credentials` | either | hot loops: the cheapest read |
//! | [`remaining(..).await`](CredentialsCache::remaining) | if too little life is left | a handle | work that takes long, such as an upload |
//! | [`refresh().await`](CredentialsCache::refresh) | always | a new handle | when you need new credentials |
//!
//! # Runtime
//!
//! A hit needs none. In a program without a runtime take `BlockingCredentials` (feature
//! `blocking`), which has a thread of its own. A refresh runs on the tokio runtime of the
//! call that begins it, which needs no timer: a thread that lives while a refresh is in
//! flight keeps the load timeout. If the runtime shuts down or stalls, waiting callers begin
//! a new refresh on theirs, five seconds after the load timeout at the latest. A source that
//! blocks its thread is not called again before it returns.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "blocking")]
mod blocking;
mod credentials;

mod cache;
mod value;

pub mod event;
pub mod policy;
#[cfg(feature = "pool")]
#[cfg_attr(docsrs, doc(cfg(feature = "pool")))]
pub mod pool;

// Each room names those below it and `observe`, and none above.
mod run;
mod share;

mod decide;
mod observe;

mod alarm;
mod caught;
mod chance;
mod skew;

#[cfg(all(test, stscreds_loom))]
mod models;
#[cfg(all(test, not(stscreds_loom)))]
mod stalled;

#[cfg(feature = "blocking")]
#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
pub use blocking::BlockingCredentials;
pub use cache::{Cache, CacheBuilder, Reader};
pub use credentials::{CredentialsCache, CredentialsCacheBuilder};
pub use decide::policy::RefreshPolicy;
pub use observe::observer::Observer;
pub use observe::stats::Stats;
pub use observe::subscription::Subscription;
pub use run::upkeep::Upkeep;
pub use skew::ClockSkew;
pub use value::{Source, Value};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
