//! fake-sts.
