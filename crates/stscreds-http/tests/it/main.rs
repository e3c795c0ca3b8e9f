//! STS over plain HTTP: real requests, real signatures, against the fake STS and against
//! servers that say what a test tells them to.
//!
//! The tests of the providers are those of `stscreds-aws-sdk`, by links: they run over
//! the SDK there, and over this crate here.

#![allow(unreachable_pub, reason = "a test binary has no users")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on should panic"
)]

mod assume_role;
mod caller_identity;
mod child;
mod container;
#[cfg(feature = "hyper")]
mod endpoints_of_the_fake;
mod examples;
mod foreign_responses;
mod headers;
mod instance;
mod lost_codes;
mod outbound_token;
mod presigned;
mod retries;
mod saml_role;
mod scoped_credentials;
mod scripted;
mod secrets;
#[allow(dead_code, reason = "the tests of its own crate use all of it")]
mod server;
mod signers;
mod skew;
mod stage;
mod user_sessions;
mod web_identity;
#[allow(dead_code, reason = "the accounts are those of other tests too")]
mod world;
