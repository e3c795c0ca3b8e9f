//! The place to measure how a cache of one hot value, ours or anyone's, behaves under
//! contention, at a refresh, and in an outage.
//!
//! A contender is a type with [`Contender`]. A whole one:
//!
//! ```
//! use std::sync::Mutex;
//! use std::time::SystemTime;
//! use aws_credential_types::Credentials;
//! use benches::{Contender, Entry, Refused, Upstream, clock};
//!
//! struct Mine {
//!     cell: Mutex<Option<(Credentials, SystemTime)>>,
//!     upstream: Upstream,
//! }
//!
//! impl Contender for Mine {
//!     const NAME: &'static str = "mine";
//!     const HOLDS: &'static str = "a mutex around credentials, everybody fetches";
//!     type Value = Credentials;
//!
//!     fn build(upstream: Upstream) -> Self {
//!         Self { cell: Mutex::new(None), upstream }
//!     }
//!
//!     async fn get(&self) -> Result<Credentials, Refused> {
//!         let now = clock::precise();
//!         if let Some((credentials, until)) = &*self.cell.lock().unwrap() && now < *until {
//!             return Ok(credentials.clone());
//!         }
//!         let issued = self.upstream.fetch().await?;
//!         let credentials = issued.sdk();
//!         let until = issued.expires_at - self.upstream.ahead();
//!         *self.cell.lock().unwrap() = Some((credentials.clone(), until));
//!         Ok(credentials)
//!     }
//! }
//!
//! // In `contenders::all()`, one line: the contender takes part in every question.
//! let entry = Entry::of::<Mine>();
//! assert_eq!(entry.build(Upstream::instant()).get_here(1_000), Ok(()));
//! ```
//!
//! What the questions mean to a user, and the last answers, are in `docs/benchmarks.md`.
//! `cargo bench -p benches` asks them by criterion, one bench per question;
//! `cargo xtask bench-report` asks them in interleaved rounds and draws the answers.
//!
//! # Which crate you want
//!
//! Not this one, unless you compare caches: it is not published. The cache that it
//! measures is `stscreds-cache`.
//!
//! # Features
//!
//! None.
//!
//! # What it does not do
//!
//! It measures no network: an [`Upstream`] is a sleep and a counter, so that what remains
//! is the cache.

pub mod clock;
mod contender;
pub mod contenders;
mod exit;
mod folder;
mod hit;
pub mod instructions;
mod machine;
pub mod many;
mod patience;
mod pinning;
pub mod question;
mod table;
mod upstream;
mod waiting;

pub use contender::{Answer, Contender, Entry, Instance, Invalidation, Level};
pub use exit::exit;
pub use folder::Folder;
pub use hit::{Form, Hit, READER, Sample, all_hits, floor, hits, readers};
pub use machine::Machine;
pub use patience::Patience;
pub use table::Table;
pub use upstream::{Issued, Refused, Upstream};
pub use waiting::Waiting;
