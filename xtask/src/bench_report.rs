//! The benchmark report, made by a binary of `benches` so that this one stays light.

use crate::workspace::{cargo, succeed};

/// Builds what measures, optimized, and runs it with these arguments.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    run_optimized("report", arguments)
}

/// Builds every binary of `benches`, as one may start another, and runs this one.
pub(crate) fn run_optimized(binary: &str, arguments: &[String]) -> Result<(), String> {
    succeed(cargo(["build", "--quiet", "--profile", "bench", "-p", "benches", "--bins"]))?;
    let run = ["run", "--quiet", "--profile", "bench", "-p", "benches", "--bin", binary, "--"];
    succeed(cargo(run.into_iter().chain(arguments.iter().map(String::as_str))))
}
