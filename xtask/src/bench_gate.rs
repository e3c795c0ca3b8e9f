//! The regression gate: instructions per hit, which no busy machine changes.

use crate::bench_report::run_optimized;

/// Compares the instructions of our hit paths with the committed baseline.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    run_optimized("gate", arguments)
}
