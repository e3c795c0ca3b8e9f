//! fake-sts.

pub mod policy;
