//! How many instructions a hit executes, and how often it allocates: figures that do not
//! shake, counted by valgrind's callgrind.
//!
//! A run of the binary `hit_path` is counted at two lengths; what it takes to start, and
//! to fill the cache, is in both and drops out of the difference. What functions execute
//! that read a clock is counted apart: it depends on which clock it is, and the kernel's own
//! part of it, which is mapped into the process, is invisible to valgrind.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::Path;
use std::process::{self, Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::hit::Form;

/// What one hit takes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Counts {
    /// Instructions, the clock's left out.
    pub instructions: f64,
    /// Those of the clock, as far as they can be seen.
    #[serde(default)]
    pub clock: f64,
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
        instructions: each(few.instructions - few.clock, more.instructions - more.clock),
        clock: each(few.clock, more.clock),
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
    clock: u64,
    allocations: u64,
}

fn run(hit_path: &Path, name: &str, form: Form, times: u32) -> Result<Totals, Uncounted> {
    profiled(hit_path, &[name, &form.to_string(), &times.to_string()])
}

/// Counts one `AssumeRole` of a client, with the binary `sts_call` of this package, against
/// a server in another process. The kernel's part of it is invisible to valgrind.
///
/// # Errors
///
/// [`Uncounted`].
pub fn count_call(sts_call: &Path, client: &str) -> Result<Counts, Uncounted> {
    let failed = |error: std::io::Error| Uncounted::Failed(error.to_string());
    let mut server =
        Command::new(sts_call).arg("serve").stdout(Stdio::piped()).spawn().map_err(failed)?;
    let mut address = String::new();
    let said = server.stdout.take().map(|said| BufReader::new(said).read_line(&mut address));
    let counted = match said {
        Some(Ok(1..)) => count_calls(sts_call, client, address.trim()),
        _ => Err(Uncounted::Failed("`sts_call serve` printed no address".to_owned())),
    };
    // Whether it was still there does not matter.
    let _killed = server.kill();
    let _status = server.wait();
    counted
}

fn count_calls(sts_call: &Path, client: &str, address: &str) -> Result<Counts, Uncounted> {
    let run = |times: u32| profiled(sts_call, &[client, address, &times.to_string()]);
    let (few, more) = (run(FEW_CALLS)?, run(FEW_CALLS + COUNTED_CALLS)?);
    let each = |few: u64, more: u64| more.saturating_sub(few) as f64 / f64::from(COUNTED_CALLS);
    Ok(Counts {
        instructions: each(few.instructions - few.clock, more.instructions - more.clock),
        clock: each(few.clock, more.clock),
        allocations: each(few.allocations, more.allocations),
    })
}

/// Enough for the connection to be made and the rest to have happened that happens once.
const FEW_CALLS: u32 = 20;

const COUNTED_CALLS: u32 = 200;

/// Runs a binary of this package under callgrind.
fn profiled(binary: &Path, arguments: &[&str]) -> Result<Totals, Uncounted> {
    let name = arguments.first().copied().unwrap_or_default();
    let profile = std::env::temp_dir().join(format!("callgrind.{}.{name}", process::id()));
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(binary)
        .args(arguments)
        .output();
    let output = output.map_err(|error| match error.kind() {
        ErrorKind::NotFound => Uncounted::NoValgrind,
        _ => Uncounted::Failed(error.to_string()),
    })?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        let last = complaint.lines().rev().take(3).collect::<Vec<_>>().join(" / ");
        return Err(Uncounted::Failed(format!("{}: {last}", arguments.join(" "))));
    }
    let text = fs::read_to_string(&profile).map_err(|e| Uncounted::Unreadable(e.to_string()));
    // A leftover in the temporary folder harms nobody.
    let _removed = fs::remove_file(&profile);
    totals(&text?)
}

/// Reads [callgrind's format](https://valgrind.org/docs/manual/cl-format.html).
fn totals(profile: &str) -> Result<Totals, Uncounted> {
    let mut totals = Totals { instructions: 0, clock: 0, allocations: 0 };
    let mut known = HashMap::new();
    let (mut caller, mut callee) = (Kind::Other, Kind::Other);
    let mut lines = profile.lines();
    while let Some(line) = lines.next() {
        let number = |text: Option<&str>| {
            let number = text.and_then(|text| text.parse::<u64>().ok());
            number.ok_or_else(|| Uncounted::Unreadable(line.to_owned()))
        };
        if let Some(total) = line.strip_prefix("totals: ").or(line.strip_prefix("summary: ")) {
            totals.instructions = number(total.split_whitespace().next())?;
        } else if let Some(function) = line.strip_prefix("fn=") {
            caller = kind(function, &mut known);
        } else if let Some(function) = line.strip_prefix("cfn=") {
            callee = kind(function, &mut known);
        } else if let Some(calls) = line.strip_prefix("calls=") {
            // The line after it has what the calls cost, with all that they called.
            let cost = lines.next().and_then(|line| line.split_whitespace().nth(1));
            match (caller, callee) {
                (_, Kind::Allocator) => {
                    totals.allocations += number(calls.split_whitespace().next())?;
                }
                (Kind::Clock, Kind::Clock) => {}
                (_, Kind::Clock) => totals.clock += number(cost)?,
                _ => {}
            }
        }
    }
    match totals.instructions {
        0 => Err(Uncounted::Unreadable("no totals".into())),
        _ => Ok(totals),
    }
}

/// What a function is counted as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Allocator,
    Clock,
    Other,
}

/// By its name, which its first mention gives to its number; later ones are the number alone.
fn kind<'a>(function: &'a str, known: &mut HashMap<&'a str, Kind>) -> Kind {
    let (number, name) = function.split_once(' ').unwrap_or((function, ""));
    *known.entry(number).or_insert_with(|| match name {
        name if ALLOCATORS.contains(&name) => Kind::Allocator,
        name if name.ends_with("::now") || name.starts_with("clock_gettime") => Kind::Clock,
        _ => Kind::Other,
    })
}

const ALLOCATORS: [&str; 5] = ["malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_allocators_are_summed_up_under_their_short_names_too() {
        let profile = "fn=(1) main\n1 10\ncfn=(2) malloc\ncalls=3 0\n1 30\ncfn=(3) free\n\
                       calls=9 0\n1 9\nfn=(4) other\ncfn=(2)\ncalls=4 0\n1 40\ntotals: 1234\n";

        let expected = Totals { instructions: 1_234, clock: 0, allocations: 7 };
        assert_eq!(totals(profile), Ok(expected));
    }

    #[test]
    fn what_a_clock_calls_is_counted_once() {
        let profile = "fn=(1) main\n1 10\ncfn=(2) a::Clock::now\ncalls=5 0\n+1 95\n\
                       fn=(2)\n1 20\ncfn=(3) <b::Still as a::TimeSource>::now\ncalls=5 0\n* 75\n\
                       fn=(4) other\ncfn=(3)\ncalls=1 0\n1 15\ntotals: 1234\n";

        let expected = Totals { instructions: 1_234, clock: 110, allocations: 0 };
        assert_eq!(totals(profile), Ok(expected));
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
