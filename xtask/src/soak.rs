//! The soak, a program of `soak`, so that this one stays light.

use crate::workspace::cargo;

/// Builds it, optimized since it goes on for long, and runs it with these arguments.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let run = ["run", "--release", "--quiet", "--package", "soak", "--"];
    let mut command = cargo(run.into_iter().chain(arguments.iter().map(String::as_str)));
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    match status.success() {
        true => Ok(()),
        // The program has said why.
        false => Err(format!("it ended with {status}")),
    }
}
