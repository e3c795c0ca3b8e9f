//! AWS profiles, environment, `credential_process` and the AWS CLI's cache files, as
//! botocore reads and writes them.
//!
//! ```
//! use stscreds_profile::{ProfileFile, Profiles};
//!
//! let file = ProfileFile::new("config", "[profile deploy]\nregion = eu-west-1\n");
//! let profiles = Profiles::parse(Some(&file), None)?;
//!
//! assert_eq!(profiles.setting("deploy", "region"), Some("eu-west-1"));
//! # Ok::<_, stscreds_core::Error>(())
//! ```
//!
//! # Which crate you want
//!
//! This one, to read profiles without the AWS SDK. `stscreds-aws-sdk` calls STS for the
//! roles in them.
//!
//! # Features
//!
//! It has none.
//!
//! # What it does not do
//!
//! It opens no connection. It reads files and environment only by [`ProfileFile::read`]
//! and [`Environment::of_this_process`], and writes to the disk only if it is given a
//! [`CliCache`].

#![cfg_attr(docsrs, feature(doc_cfg))]

mod bounded_file;
mod cli_cache;
pub mod credential_process;
#[doc(hidden)]
#[allow(clippy::missing_errors_doc, clippy::must_use_candidate, reason = "between our crates")]
pub mod endpoint;
mod environment;
mod file;
mod ini;
#[doc(hidden)]
#[allow(clippy::exhaustive_enums, clippy::missing_errors_doc, reason = "between our crates")]
pub mod inlet;
mod iso_time;
mod keys;
#[doc(hidden)]
#[allow(clippy::missing_errors_doc, reason = "between our crates")]
pub mod mistakes;
#[doc(hidden)]
#[allow(clippy::exhaustive_enums, reason = "between our crates")]
pub mod plan;
#[doc(hidden)]
#[allow(clippy::missing_errors_doc, reason = "between our crates")]
pub mod process;
#[doc(hidden)]
#[allow(clippy::missing_errors_doc, reason = "between our crates")]
pub mod profiles;
#[doc(hidden)]
#[allow(clippy::missing_errors_doc, reason = "between our crates")]
pub mod role;
mod secret_json;
mod shell;
mod words;

#[doc(hidden)]
pub use cli_cache::Sharing;
pub use cli_cache::{CliCache, CliSession, KeptOnDisk};
pub use environment::Environment;
pub use file::ProfileFile;
pub use profiles::Profiles;
pub use shell::Shell;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
