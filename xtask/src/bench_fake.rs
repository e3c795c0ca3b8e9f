//! How fast `fake-sts` is beside others, measured by a binary of `benches`.

use crate::bench_report::run_optimized;
use crate::workspace::{cargo, succeed};

/// Builds `fake-sts` as its users do, and what measures it, and runs that with these arguments.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    succeed(cargo(["build", "--quiet", "--release", "-p", "fake-sts", "--bin", "fake-sts"]))?;
    run_optimized("fake", arguments)
}
