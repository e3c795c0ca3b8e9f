//! The examples, run as their readers run them, and what the public types promise.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod examples;
mod public_types;
