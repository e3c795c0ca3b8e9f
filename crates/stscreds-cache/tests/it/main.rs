//! The behaviour of the caches, in virtual time and with exact counts.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod flight;
mod scripted;
