//! `stscreds` as people and programs run it: real processes, a real terminal and a fake STS
//! over HTTP.

#![cfg(unix)]
#![allow(unreachable_pub, reason = "modules of one test binary")]

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
