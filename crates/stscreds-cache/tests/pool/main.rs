//! A pool as its users see it: calls counted exactly, in virtual time.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should panic")]

mod bounds;
mod budget;
mod keys;
mod memory;
mod stage;
