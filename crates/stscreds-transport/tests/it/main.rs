//! `HyperClient` against real servers on this machine.

#![cfg(feature = "hyper")]
#![allow(unreachable_pub, reason = "a test binary has no users")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod child;
mod connections;
mod exchange;
mod proxies;
#[cfg(feature = "reqwest")]
mod reqwest;
mod server;
mod tls;
