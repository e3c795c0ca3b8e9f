//! The `fake-sts` binary.

fn main() {}
