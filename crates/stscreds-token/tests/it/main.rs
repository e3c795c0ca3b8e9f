//! The token sources by behaviour.

#![allow(unreachable_pub, reason = "a test binary has no users")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

#[cfg(any(unix, feature = "http"))]
mod child;
#[cfg(feature = "command")]
mod command;
#[cfg(feature = "http")]
mod endpoint;
mod file;
#[cfg(feature = "http")]
mod http;
#[cfg(feature = "http")]
mod https;
#[cfg(any(feature = "command", all(feature = "prompt", target_os = "linux")))]
mod person;
#[cfg(all(feature = "prompt", target_os = "linux"))]
mod prompt;
#[cfg(all(feature = "prompt", target_os = "linux"))]
mod pseudo_terminal;
mod public_types;
mod sources;
#[cfg(feature = "totp")]
mod totp;
