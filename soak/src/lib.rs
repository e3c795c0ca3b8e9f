//! Everything together for days of virtual time while everything goes wrong, watched.
//!
//! A [`Schedule`] says what goes wrong and who asks for what, from one seed. [`play`] carries it
//! out in paused time: providers of each kind over the fake STS, caches with each preset before
//! them, callers, and a [`Watch`] that compares what happens with what must. What it objects
//! to is a [`Violation`], and [`Schedule::shortest`] finds the shortest schedule that still leads to it.
//!
//! ```
//! use soak::{Cast, Schedule, play};
//!
//! let schedule = Schedule::of(7, 3);
//! assert!(play(&schedule, &Cast::Real).violation.is_none());
//! ```

mod capture;
mod cast;
mod connector;
mod contacts;
mod pace;
mod play;
mod preset;
mod schedule;
mod shrink;
mod stage;
mod subject;
mod violation;
mod wall;
mod watch;
mod weather;

pub use cast::Cast;
pub use contacts::Contacts;
pub use play::{Played, play};
pub use preset::Preset;
pub use schedule::{Schedule, Step, Trouble};
pub use subject::{Subject, Upstream};
pub use violation::{Rule, Violation};
pub use wall::Wall;
pub use watch::Watch;
