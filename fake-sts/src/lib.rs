//! fake-sts.

pub mod policy;
pub mod oidc;
