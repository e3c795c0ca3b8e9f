//! Every gate of a change, in the order in which a mistake is cheapest.

mod gates;
mod summary;

use std::time::Duration;

use clap::Args;

use self::gates::{Gate, gates};
use self::summary::{Ending, Line};

/// Which gates.
#[derive(Debug, Args)]
pub(crate) struct Ci {
    /// Only those whose name has this in it.
    #[arg(long)]
    only: Option<String>,
    /// Prints their names and ends.
    #[arg(long)]
    list: bool,
}

/// Runs every gate, also after one that failed, and sums up.
pub(crate) fn run(chosen: &Ci) -> Result<(), String> {
    let is_chosen = |gate: &Gate| chosen.only.as_ref().is_none_or(|part| gate.name.contains(part));
    let gates: Vec<Gate> = gates().into_iter().filter(is_chosen).collect();
    if chosen.list {
        gates.iter().for_each(|gate| println!("{}", gate.name));
        return Ok(());
    }
    if gates.is_empty() {
        return Err("no gate has such a name; see --list".to_owned());
    }
    let mut lines = Vec::new();
    let count = gates.len();
    for (index, gate) in gates.into_iter().enumerate() {
        println!("\n=== [{}/{count}] {}: {}", index + 1, gate.name, gate.shown());
        let name = gate.name;
        let (outcome, took) = timed(|| gate.pass());
        let line = Line { name, ending: Ending::of(outcome), took };
        println!("=== {line}");
        lines.push(line);
    }
    println!("\n{}", summary::table(&lines));
    let failed: Vec<&str> = lines.iter().filter(|line| line.failed()).map(|l| l.name).collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a gate is timed for its reader, and nothing depends on it"
)]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = std::time::Instant::now();
    let result = work();
    (result, begun.elapsed())
}
