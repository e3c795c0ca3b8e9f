//! The place to measure how a cache of one hot value, ours or anyone's, behaves under
//! contention, at a refresh, and in an outage.
//!
//! A contender is a type with [`Contender`]; a whole one is at the end of this page.
//! Put it into a file `mine.rs` in `src/contenders`, and name it in `src/contenders.rs`, twice:
//!
//! ```text
//! mod mine;
//! Entry::of::<mine::Mine>(), // in `all()`
//! ```
//!
//! It takes part in every question of the report then.
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
//!
//! # A whole contender
//!
#![doc = concat!("```\n", include_str!("../example/mine.rs"), "```")]

// So that the contender above can be pasted into this crate as it is.
extern crate self as benches;

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

pub use contender::{Answer, Contender, Entry, Flight, Instance, Invalidation, Level};
pub use exit::exit;
pub use folder::Folder;
pub use hit::{Form, Hit, READER, Sample, all_hits, floor, hits, readers};
pub use machine::Machine;
pub use patience::Patience;
pub use table::Table;
pub use upstream::{Issued, Refused, Upstream};
pub use waiting::Waiting;
