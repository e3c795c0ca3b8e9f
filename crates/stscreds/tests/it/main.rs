//! The examples, run as their readers run them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod examples;
