//! The providers, the caches and the AWS SDK together, over real HTTP, with real
//! signatures, against the fake STS.

#![allow(unreachable_pub, reason = "a test binary has no users")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on should panic"
)]

mod assume_role;
mod botocore;
mod caller_identity;
mod cli_cache;
mod clock_retry;
mod errors;
#[cfg(feature = "aws-config")]
mod named_source;
mod nested_mfa;
mod outbound_token;
mod outputs;
mod outside_text;
#[cfg(feature = "pool")]
mod pooled;
mod profile_endpoint;
mod profiles;
mod recording_sts;
mod saml_role;
mod scoped_credentials;
mod scoped_objects;
mod sdk_cache;
mod sdk_hit;
mod sdk_source;
mod sdk_time;
mod self_heal;
mod service;
mod session_keys;
mod stage;
mod user_sessions;
mod web_identity;
mod wire_faults;
