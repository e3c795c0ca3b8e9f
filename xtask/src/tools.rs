//! What a machine may have, or lack.

use std::process::{Command, Stdio};

use crate::workspace::root;

/// A program that some chore runs.
#[derive(Debug)]
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    /// Ends well if it is there.
    probe: &'static [&'static str],
    /// Which chores want it.
    pub(crate) needed_for: &'static str,
    /// What becomes of them without it.
    pub(crate) without: Without,
    pub(crate) install: &'static str,
}

/// What happens where a tool is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Without {
    /// The chores fail.
    Fails,
    /// They say what they skip.
    Skips,
}

impl Tool {
    pub(crate) fn is_there(&self) -> bool {
        succeeds(self.probe)
    }
}

/// Everything that any chore runs, what all need first.
pub(crate) const TOOLS: &[Tool] = &[
    Tool {
        name: "cargo",
        probe: &["cargo", "--version"],
        needed_for: "everything; Rust 1.94.1 or newer",
        without: Without::Fails,
        install: "https://www.rust-lang.org/tools/install",
    },
    Tool {
        name: "cc",
        probe: &["cc", "--version"],
        needed_for: "everything: the cryptography that the fake links is C",
        without: Without::Fails,
        install: "apt-get install gcc libc6-dev",
    },
    Tool {
        name: "rustfmt",
        probe: &["cargo", "fmt", "--version"],
        needed_for: "ci: format",
        without: Without::Fails,
        install: "rustup component add rustfmt",
    },
    Tool {
        name: "clippy",
        probe: &["cargo", "clippy", "--version"],
        needed_for: "ci: clippy; msrv",
        without: Without::Fails,
        install: "rustup component add clippy",
    },
    Tool {
        name: "c++",
        probe: &["c++", "--version"],
        needed_for: "fuzz, and so ci: libFuzzer is C++",
        without: Without::Fails,
        install: "apt-get install g++",
    },
    Tool {
        name: "nightly",
        probe: &["rustup", "run", "nightly", "cargo", "--version"],
        needed_for: "minimal-versions",
        without: Without::Skips,
        install: "rustup toolchain install nightly --profile minimal",
    },
    Tool {
        name: "cargo-deny",
        probe: &["cargo", "deny", "--version"],
        needed_for: "deny: advisories",
        without: Without::Skips,
        install: "cargo install cargo-deny --locked",
    },
    Tool {
        name: "valgrind",
        probe: &["valgrind", "--version"],
        needed_for: "bench-gate: counts instructions",
        without: Without::Skips,
        install: "apt-get install valgrind",
    },
    Tool {
        name: "python3",
        probe: &["python3", "--version"],
        needed_for: "interop: boto3 and the AWS CLI; bench-report: botocore beside us",
        without: Without::Skips,
        install: "apt-get install python3 python3-venv",
    },
    Tool {
        name: "npm",
        probe: &["npm", "--version"],
        needed_for: "interop: the AWS SDK for JavaScript",
        without: Without::Skips,
        install: "https://nodejs.org/en/download",
    },
    Tool {
        name: "mvn",
        probe: &["mvn", "--version"],
        needed_for: "interop: the AWS SDK for Java",
        without: Without::Skips,
        install: "apt-get install maven",
    },
    Tool {
        name: "go",
        probe: &["go", "version"],
        needed_for: "interop and bench-report: the AWS SDK for Go",
        without: Without::Skips,
        install: "https://go.dev/doc/install",
    },
];

/// Whether `cargo <name>` is installed.
pub(crate) fn has_subcommand(name: &str) -> bool {
    succeeds(&["cargo", name, "--version"])
}

/// Whether rustup has a toolchain of this name.
pub(crate) fn has_toolchain(name: &str) -> bool {
    succeeds(&["rustup", "run", name, "cargo", "--version"])
}

/// `cargo` of another toolchain, which need not be there.
pub(crate) fn cargo_of<'a>(
    toolchain: &str,
    arguments: impl IntoIterator<Item = &'a str>,
) -> Command {
    let mut command = Command::new("rustup");
    // What runs us has set these for its own toolchain.
    command.env_remove("RUSTUP_TOOLCHAIN").env_remove("RUSTC").env_remove("CARGO");
    command.args(["run", toolchain, "cargo"]).args(arguments).current_dir(root());
    command
}

fn succeeds(command: &[&str]) -> bool {
    let Some((program, arguments)) = command.split_first() else { return false };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_this_test_is_found_and_what_nobody_has_is_not() {
        assert!(TOOLS[0].is_there());
        assert!(!has_subcommand("no-such-subcommand"));
        assert!(!succeeds(&[]));
    }
}
