//! What fake-sts does, by behaviour.
#![allow(
    clippy::expect_used,
    clippy::needless_pass_by_value,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what it expects, and a case reads best with its values in place"
)]

mod assume_role;
#[cfg(feature = "aws-sdk")]
mod aws_sdk;
#[cfg(feature = "cli")]
mod binary;
mod blocking;
mod bounds;
mod client;
mod control;
#[cfg(all(feature = "cli", feature = "saml"))]
mod documentation;
mod endpoints;
mod environment;
mod events;
mod faults;
#[cfg(feature = "saml")]
mod federation;
mod harness;
mod journal;
mod manners;
mod mfa;
mod oidc;
mod policy;
mod propagation;
mod published_model;
mod rare_operations;
mod recorded;
mod resource;
mod robustness;
#[cfg(feature = "saml")]
mod saml;
mod scoped_credentials;
mod secrets;
mod sessions;
mod signatures;
mod sigv4_suite;
#[cfg(feature = "tls")]
mod tls;
mod transport;
mod verifier;
mod worlds;
