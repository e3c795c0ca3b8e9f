//! That the contenders are what they say, so that what is measured means something.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod allocations;
mod contenders;
mod upstream;
