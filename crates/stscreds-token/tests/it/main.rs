//! The token sources by behaviour.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

#[cfg(feature = "command")]
mod command;
mod file;
mod sources;
#[cfg(feature = "totp")]
mod totp;
