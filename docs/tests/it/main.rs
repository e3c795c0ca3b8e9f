//! What the pages say besides Rust, held to the truth.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod commands;
mod front_pages;
mod harness;
mod index;
mod limits;
mod markdown;
mod policies;
mod profiles;
mod rust;
