use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

/// Measures fake-sts beside moto's server and a server that says the same thing to everybody.
///
/// Ctrl-C ends it with what it has.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask bench-fake")]
pub(crate) struct Arguments {
    /// Fewer and shorter rounds: about a minute.
    #[arg(long)]
    pub(crate) quick: bool,

    /// Where to write report.md and report.json.
    #[arg(long, value_name = "FOLDER", default_value = "target/bench-fake")]
    pub(crate) into: PathBuf,

    /// The binary of fake-sts, built for release.
    #[arg(long, value_name = "FILE", default_value = "target/release/fake-sts")]
    pub(crate) fake: PathBuf,

    /// What the report asks of a process of its own: to be the server with one answer.
    #[arg(long, hide = true, value_name = "PORT")]
    pub(crate) canned: Option<u16>,
}

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    pub(crate) rounds: usize,
    /// Of each load.
    pub(crate) window: Duration,
    /// How often each server is started to see how long that takes.
    pub(crate) starts: usize,
    /// The calls after which memory is looked at.
    pub(crate) calls: u64,
    /// When it ends at the latest.
    pub(crate) at_most: Duration,
}

impl Arguments {
    pub(crate) fn extent(&self) -> Extent {
        let seconds = Duration::from_secs;
        if self.quick {
            let window = Duration::from_millis(700);
            return Extent { rounds: 2, window, starts: 3, calls: 100_000, at_most: seconds(120) };
        }
        Extent { rounds: 5, window: seconds(2), starts: 9, calls: 1_000_000, at_most: seconds(600) }
    }
}
