//! A short run of everything, and runs that must be objected to.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod broken;
mod short;
