//! How many instructions a hit executes, and how often it allocates: figures that do not
//! shake, counted by valgrind's callgrind.
//!
//! A run of the binary `hit_path` is counted at two lengths; what it takes to start, and
//! to fill the cache, is in both and drops out of the difference. What the kernel maps
//! into the process, such as the reading of a clock, is invisible to valgrind.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{self, Command};

use serde::{Deserialize, Serialize};

use crate::hit::Form;

/// What one hit takes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Counts {
    /// Instructions, the clock's left out.
    pub instructions: f64,
    /// Allocations and reallocations.
    pub allocations: f64,
}

/// Why nothing was counted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Uncounted {
    /// There is no valgrind here.
    #[error("valgrind is not installed (on Debian: `apt-get install valgrind`)")]
    NoValgrind,
    /// It ran and did not succeed.
    #[error("valgrind failed: {0}")]
    Failed(String),
    /// Its output was not what callgrind writes.
    #[error("callgrind's output is not understood: {0}")]
    Unreadable(String),
}

/// Counts one form of hit of one contender, with the binary `hit_path` of this package.
///
/// # Errors
///
/// [`Uncounted`].
pub fn count(hit_path: &Path, name: &str, form: Form) -> Result<Counts, Uncounted> {
    let few = run(hit_path, name, form, FEW)?;
    let more = run(hit_path, name, form, FEW + COUNTED)?;
    let each = |few: u64, more: u64| more.saturating_sub(few) as f64 / f64::from(COUNTED);
    Ok(Counts {
        instructions: each(few.instructions, more.instructions),
        allocations: each(few.allocations, more.allocations),
    })
}

/// Enough for whatever happens once to have happened.
const FEW: u32 = 200;

/// Enough for one instruction more per hit to stand out.
const COUNTED: u32 = 2_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Totals {
    instructions: u64,
    allocations: u64,
}

fn run(hit_path: &Path, name: &str, form: Form, times: u32) -> Result<Totals, Uncounted> {
    let profile = std::env::temp_dir().join(format!("callgrind.{}.{name}", process::id()));
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(hit_path)
        .args([name, &form.to_string(), &times.to_string()])
        .output();
    let output = output.map_err(|error| match error.kind() {
        ErrorKind::NotFound => Uncounted::NoValgrind,
        _ => Uncounted::Failed(error.to_string()),
    })?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        let last = complaint.lines().rev().take(3).collect::<Vec<_>>().join(" / ");
        return Err(Uncounted::Failed(format!("{name} ({form}): {last}")));
    }
    let text = fs::read_to_string(&profile).map_err(|e| Uncounted::Unreadable(e.to_string()));
    // A leftover in the temporary folder harms nobody.
    let _removed = fs::remove_file(&profile);
    totals(&text?)
}

/// Reads [callgrind's format](https://valgrind.org/docs/manual/cl-format.html).
fn totals(profile: &str) -> Result<Totals, Uncounted> {
    let mut totals = Totals { instructions: 0, allocations: 0 };
    let mut allocators = Vec::new();
    let mut callee_allocates = false;
    for line in profile.lines() {
        if let Some(total) = line.strip_prefix("totals: ").or(line.strip_prefix("summary: ")) {
            let first = total.split_whitespace().next().unwrap_or_default();
            totals.instructions =
                first.parse().map_err(|_| Uncounted::Unreadable(line.to_owned()))?;
        } else if let Some(called) = line.strip_prefix("cfn=").or(line.strip_prefix("fn=")) {
            // The first mention gives a number its name, later ones are the number alone.
            let (number, name) = called.split_once(' ').unwrap_or((called, ""));
            if ALLOCATORS.contains(&name) {
                allocators.push(number.to_owned());
            }
            if line.starts_with("cfn=") {
                callee_allocates = allocators.iter().any(|one| one == number);
            }
        } else if let Some(calls) = line.strip_prefix("calls=")
            && callee_allocates
        {
            let times = calls.split_whitespace().next().unwrap_or_default();
            totals.allocations +=
                times.parse::<u64>().map_err(|_| Uncounted::Unreadable(line.to_owned()))?;
        }
    }
    match totals.instructions {
        0 => Err(Uncounted::Unreadable("no totals".into())),
        _ => Ok(totals),
    }
}

const ALLOCATORS: [&str; 5] = ["malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_allocators_are_summed_up_under_their_short_names_too() {
        let profile = "fn=(1) main\n1 10\ncfn=(2) malloc\ncalls=3 0\n1 30\ncfn=(3) free\n\
                       calls=9 0\n1 9\nfn=(4) other\ncfn=(2)\ncalls=4 0\n1 40\ntotals: 1234\n";

        assert_eq!(totals(profile), Ok(Totals { instructions: 1_234, allocations: 7 }));
    }

    #[test]
    fn a_profile_without_totals_is_an_error() {
        assert_eq!(totals("fn=(1) main\n"), Err(Uncounted::Unreadable("no totals".into())));
        assert!(totals("totals: many\n").is_err());
    }

    #[test]
    fn a_binary_that_is_not_there_is_told() {
        let outcome = count(Path::new("/nowhere/hit_path"), "stscreds", Form::Owned);

        assert!(matches!(outcome, Err(Uncounted::NoValgrind | Uncounted::Failed(_))));
    }
}
