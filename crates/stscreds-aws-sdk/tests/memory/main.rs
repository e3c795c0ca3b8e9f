//! What is left of a secret in the memory of this process once it was dropped.
//!
//! A binary of its own: it looks through the whole process. What it finds, and what it cannot
//! promise, is told in `docs/security.md`.

#![cfg(target_os = "linux")]
#![allow(unreachable_pub, reason = "a test binary has no users")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod answers;
mod cached;
mod control;
mod files;
mod planted;
mod written;
