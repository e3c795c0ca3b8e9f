//! `stscreds` as people and programs run it: real processes, a real terminal and a fake STS
//! over HTTP.

#![cfg(unix)]
#![allow(unreachable_pub, reason = "a test binary has no users")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod completions;
mod exec;
mod explain;
mod formats;
mod login;
mod machine;
mod options;
mod outage;
mod prompt;
mod sharing;
mod store;
mod terminal;
mod usage;
mod variables;
