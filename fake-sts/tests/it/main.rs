//! What fake-sts does, by behaviour.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what it expects; clippy knows only the bodies of tests"
)]

mod oidc;
