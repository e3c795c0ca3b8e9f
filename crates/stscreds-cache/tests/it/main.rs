//! The behaviour of the caches, in virtual time and with exact counts.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod log;
mod scripted;

mod derived;
mod phases;
mod reads;

mod failures;
mod invalidation;
mod rejection;
mod replacement;

mod cancellation;
mod flight;
mod interactive;
mod runtimes;

mod aws_sdk;
mod go_classic;
mod peers;

mod background;
mod bad_input;
#[cfg(feature = "blocking")]
mod blocking;
mod events;
mod foreign;
mod generic;
mod many;
mod secrets;
mod skew;

mod model;
mod stress;
