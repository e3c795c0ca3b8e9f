//! The providers by behaviour, over a client that reflects what it was sent.
//!
//! Tests named `sNN` are the cases of the same providers in the AWS SDK for Go.
//! The providers over the real wire are tested with the AWS SDK adapter.

#![allow(unreachable_pub, reason = "a test binary has no users")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod assume_role;
mod federation_token;
mod person;
mod public_types;
mod reflecting_client;
mod saml_role;
mod session_token;
mod web_identity;
