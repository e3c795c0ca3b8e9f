//! Every gate of a change, in the order in which a mistake is cheapest.

use std::process::Command;

use crate::workspace::cargo;

/// Runs every gate, also after one that failed, and sums up.
pub(crate) fn run() -> Result<(), String> {
    let mut failed = Vec::new();
    for (name, mut command) in gates() {
        println!("\n=== {name}: {}", shown(&command));
        let passed = command.status().is_ok_and(|status| status.success());
        println!("=== {name}: {}", if passed { "passed" } else { "FAILED" });
        if !passed {
            failed.push(name);
        }
    }
    if failed.is_empty() {
        println!("\nevery gate passed");
        return Ok(());
    }
    Err(format!("\nfailed: {}", failed.join(", ")))
}

fn gates() -> Vec<(&'static str, Command)> {
    let mut documentation = cargo(["doc", "--workspace", "--no-deps", "--all-features"]);
    documentation.env("RUSTDOCFLAGS", "-D warnings");
    vec![
        ("format", cargo(["fmt", "--all", "--check"])),
        (
            "clippy",
            cargo([
                "clippy",
                "--workspace",
                "--all-targets",
                "--all-features",
                "--",
                "-D",
                "warnings",
            ]),
        ),
        ("lean fake-sts", cargo(["check", "-p", "fake-sts", "--lib", "--no-default-features"])),
        ("tests", cargo(["test", "--workspace"])),
        (
            "tests of the fake as the SDK's network",
            cargo(["test", "-p", "fake-sts", "--all-features", "--test", "it", "aws_sdk"]),
        ),
        ("tests of every token source", cargo(["test", "-p", "stscreds-token", "--all-features"])),
        (
            "tests of the adapter with aws-config",
            cargo([
                "test",
                "-p",
                "stscreds-aws-sdk",
                "--all-features",
                "--test",
                "it",
                "named_source",
            ]),
        ),
        ("the cache's models", cargo(["run", "--quiet", "--package", "xtask", "--", "loom"])),
        (
            "every fuzz target for a moment",
            cargo(["run", "--quiet", "--package", "xtask", "--", "fuzz", "--seconds", "4"]),
        ),
        (
            "clients of other languages",
            cargo(["run", "--quiet", "--package", "xtask", "--", "interop"]),
        ),
        ("documentation", documentation),
        ("the main job", cargo(["run", "-p", "stscreds", "--example", "tour"])),
    ]
}

fn shown(command: &Command) -> String {
    let arguments: Vec<_> = command.get_args().map(|a| a.to_string_lossy()).collect();
    format!("cargo {}", arguments.join(" "))
}
