//! Fails if a hit path of ours executes more instructions than it did: `cargo xtask
//! bench-gate` builds and runs it.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it talks to a person")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use benches::Form;
use benches::instructions::{self, Counts, Uncounted};
use clap::Parser;
use serde::{Deserialize, Serialize};

/// Fails if a hit of ours executes more instructions, or allocates more, than it did.
///
/// Not a timing: on any machine with the same compiler the figures are the same.
#[derive(Parser)]
#[command(bin_name = "cargo xtask bench-gate")]
struct Arguments {
    /// Takes what is counted now as what may be executed from now on.
    #[arg(long)]
    bless: bool,
}

/// What is committed.
#[derive(Serialize, Deserialize)]
struct Baseline {
    /// The compiler it was counted with; another one may count differently.
    rustc: String,
    /// By how much a figure may grow.
    tolerance_percent: f64,
    paths: Vec<HitPath>,
}

#[derive(Serialize, Deserialize)]
struct HitPath {
    contender: String,
    form: Form,
    #[serde(flatten)]
    counts: Counts,
}

fn main() -> ExitCode {
    benches::exit(run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("instructions.json");
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = fs::read_to_string(&path).map_err(|error| told(&error))?;
    let mut baseline: Baseline = serde_json::from_str(&text).map_err(|error| told(&error))?;
    let rustc = rustc();
    if rustc != baseline.rustc && !arguments.bless {
        println!("note: counted by {}, this is {rustc}", baseline.rustc);
    }

    let hit_path = beside_this("hit_path")?;
    println!(
        "{:<24} {:<9} {:>9} {:>9} {:>8} {:>10}",
        "contender", "form", "baseline", "now", "change", "the clock's"
    );
    let mut grown = Vec::new();
    for known in &mut baseline.paths {
        let now = match instructions::count(&hit_path, &known.contender, known.form) {
            Ok(counts) => counts,
            Err(Uncounted::NoValgrind) => {
                println!("skipped: the instructions of hits: {}", Uncounted::NoValgrind);
                return Ok(());
            }
            Err(error) => return Err(error.to_string()),
        };
        let (name, form) = (&known.contender, known.form);
        let (before, after) = (known.counts.instructions, now.instructions);
        let change = (after / before - 1.0) * 100.0;
        let clock = now.clock;
        println!("{name:<24} {form:<9} {before:>9.0} {after:>9.0} {change:>+7.1}% {clock:>10.0}");
        if has_grown(known.counts, now, baseline.tolerance_percent) {
            grown.push(format!(
                "{name} ({form}): {before:.0} -> {after:.0} instructions, {:.1} -> {:.1} allocations",
                known.counts.allocations, now.allocations
            ));
        }
        known.counts = now;
    }
    compare_calls()?;
    if arguments.bless {
        baseline.rustc = rustc;
        let text = serde_json::to_string_pretty(&baseline).map_err(|error| told(&error))?;
        fs::write(&path, text + "\n").map_err(|error| told(&error))?;
        println!("written to {}", path.display());
        return Ok(());
    }
    match grown.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "more than {} % dearer than the baseline:\n{}\nIf that is wanted: `cargo xtask bench-gate --bless`",
            baseline.tolerance_percent,
            grown.join("\n")
        )),
    }
}

/// Fails if an `AssumeRole` of `stscreds-http` takes more than half of the SDK's
/// instructions.
fn compare_calls() -> Result<(), String> {
    let sts_call = beside_this("sts_call")?;
    let count = |client| {
        let counts = instructions::count_call(&sts_call, client);
        counts.map(|counts| counts.instructions + counts.clock).map_err(|error| error.to_string())
    };
    let (ours, sdk) = (count("http")?, count("sdk")?);
    let share = ours / sdk;
    println!("AssumeRole: stscreds-http {ours:.0} instructions, the SDK {sdk:.0}: {share:.2}x");
    match share <= CALL_SHARE {
        true => Ok(()),
        false => {
            Err(format!("AssumeRole may take {CALL_SHARE}x of the SDK's instructions at most"))
        }
    }
}

const CALL_SHARE: f64 = 0.5;

/// Whether a hit takes more than it may; an allocation more is always too many.
fn has_grown(baseline: Counts, now: Counts, tolerance_percent: f64) -> bool {
    let all = |counts: Counts| counts.instructions + counts.clock;
    all(now) > all(baseline) * (1.0 + tolerance_percent / 100.0)
        || now.allocations > baseline.allocations + 0.5
}

fn beside_this(name: &str) -> Result<PathBuf, String> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let path = this.with_file_name(name);
    match path.exists() {
        true => Ok(path),
        false => Err(format!("{} was not built: `cargo xtask bench-gate` does", path.display())),
    }
}

fn rustc() -> String {
    let output = std::process::Command::new("rustc").arg("--version").output();
    output.map_or_else(
        |_| "an unknown compiler".into(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(instructions: f64, allocations: f64) -> Counts {
        let text = format!(r#"{{"instructions":{instructions},"allocations":{allocations}}}"#);
        serde_json::from_str(&text).unwrap()
    }

    #[track_caller]
    fn check(now: Counts, grown: bool) {
        assert_eq!(has_grown(counts(100.0, 0.0), now, 5.0), grown);
    }

    #[test]
    fn more_instructions_than_tolerated_and_any_allocation_are_too_many() {
        check(counts(100.0, 0.0), false);
        check(counts(104.9, 0.0), false);
        check(counts(105.1, 0.0), true);
        check(counts(50.0, 1.0), true);
        check(counts(50.0, 0.0), false);
    }

    #[test]
    fn the_committed_baseline_is_one_and_names_contenders() {
        let baseline: Baseline =
            serde_json::from_str(include_str!("../../instructions.json")).unwrap();

        let known: Vec<_> = benches::contenders::all().iter().map(|entry| entry.name).collect();
        for path in &baseline.paths {
            let name = path.contender.as_str();
            assert!(known.contains(&name) || name == benches::READER, "{name}");
        }
    }
}
