//! The vocabulary of AWS credentials: what they are, who provides them, what
//! can go wrong, and what time it is.
//!
//! ```
//! use std::time::Duration;
//! use stscreds_core::{Clock, Credentials, CredentialsProvider, Error};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Error> {
//! let clock = Clock::system();
//!
//! // Anything async that yields credentials is a provider: a closure will do.
//! let provider = async || {
//!     Ok(Credentials::builder("ASIAEXAMPLE", "a secret")
//!         .session_token("a session token")
//!         .expires_at(Clock::system().now() + Duration::from_secs(900))
//!         .build())
//! };
//!
//! let credentials = provider.credentials().await?;
//! assert!(!credentials.is_expired_at(clock.now()));
//! assert!(!format!("{credentials:?}").contains("secret access"));
//! # Ok(()) }
//! ```
//!
//! # Which crate you want
//!
//! This one, if you write a provider, a signer or a cache of your own and want
//! to speak the same types as the rest. To *assume roles* take
//! `stscreds-provider`; to keep credentials fresh, `stscreds-cache`; to use
//! both with the AWS SDK, `stscreds`.
//!
//! # Features
//!
//! `coarse-clock` adds [`Clock::coarse`], a cheaper clock on Linux.
//!
//! # What it does not do
//!
//! It makes no request, starts no task, reads no file and no environment
//! variable, and names no type of the AWS SDK.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod credentials;
mod secret;

mod expiry;
mod timestamp;

mod first_of;
mod provider;
mod session_key;
mod source;

mod clock;
mod error;
mod interactive;

pub use clock::{Clock, ManualClock, TimeSource};
pub use credentials::{Credentials, CredentialsBuilder, DerivedForm};
pub use error::{Actor, Error, ErrorKind};
pub use expiry::Expires;
pub use first_of::FirstOf;
pub use interactive::{InteractiveScope, InteractiveSection, interactive};
pub use provider::CredentialsProvider;
pub use secret::SecretString;
pub use session_key::{Keyed, SessionKey, SessionKeyBuilder};
pub use source::ProviderSource;
pub use timestamp::{ParseTimestampError, Timestamp};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
