//! The benchmark report, made by a binary of `benches` so that this one stays light.

use std::process::Command;

use crate::workspace::cargo;

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

pub(crate) fn succeed(mut command: Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    match status.success() {
        true => Ok(()),
        // The command has said why.
        false => Err(format!("it ended with {status}")),
    }
}
