//! OpenID Connect: tokens, and the keys of issuers.

pub use fake_sts_model::oidc::*;

pub use crate::external_keys::{ExternalKeys, Fetch, HttpFetch};
