//! The gates.

use std::process::Command;

use crate::fuzz::{self, Fuzz};
use crate::interop::{self, Interop};
use crate::msrv;
use crate::package::{self, Packing};
use crate::powerset::{self, Powerset};
use crate::public_api::{self, PublicApi};
use crate::verdict::Verdict;
use crate::workspace::{cargo, succeed};
use crate::{deny, loom, platforms};

/// Something that every change must pass.
pub(super) struct Gate {
    pub(super) name: &'static str,
    what: What,
}

enum What {
    Cargo(Command),
    /// How one would call it, and the chore.
    Chore(&'static str, fn() -> Result<Verdict, String>),
}

impl Gate {
    pub(super) fn shown(&self) -> String {
        match &self.what {
            What::Cargo(command) => {
                let arguments: Vec<_> = command.get_args().map(|a| a.to_string_lossy()).collect();
                format!("cargo {}", arguments.join(" "))
            }
            What::Chore(arguments, _) => format!("cargo xtask {arguments}"),
        }
    }

    /// What is wrong goes to the output as it is found.
    pub(super) fn pass(self) -> Result<Verdict, String> {
        match self.what {
            What::Cargo(command) => succeed(command).map(|()| Verdict::Passed),
            What::Chore(_, chore) => chore(),
        }
    }
}

pub(super) fn gates() -> Vec<Gate> {
    vec![
        run("format", "fmt --all --check"),
        chore("supply chain", "deny", deny::run),
        run("clippy", "clippy --workspace --all-targets --all-features -- -D warnings"),
        run("lean fake-sts", "check -p fake-sts --lib --no-default-features"),
        // Alone and all at once; in pairs they take minutes, and few changes break a pair.
        chore("features in combination", "powerset --depth 1", || {
            powerset::run(&Powerset { depth: 1, package: None }).map(|()| Verdict::Passed)
        }),
        run("tests", "test --workspace"),
        run(
            "tests of the fake as the SDK's network",
            "test -p fake-sts --all-features --test it aws_sdk",
        ),
        run("tests of every token source", "test -p stscreds-token --all-features"),
        run("tests of every HTTP client", "test -p stscreds-transport --features hyper,reqwest"),
        run(
            "tests of blocking access",
            "test -p stscreds-cache --features blocking --test it blocking",
        ),
        run("tests of pools", "test -p stscreds-cache --features pool --lib --test pool"),
        run(
            "tests of the adapter with aws-config",
            "test -p stscreds-aws-sdk --all-features --test it named_source",
        ),
        run("tests of pools over STS", "test -p stscreds-aws-sdk --all-features --test it pooled"),
        chore("the cache's models", "loom", || loom::run(None).map(|()| Verdict::Passed)),
        chore("every fuzz target for a moment", "fuzz --inputs 5000", || {
            fuzz::run(&Fuzz::of(5000)).map(|()| Verdict::Passed)
        }),
        chore("clients of other languages", "interop", || interop::run(&Interop::default())),
        documentation(),
        chore("public API", "public-api", || public_api::run(&PublicApi::default())),
        chore("oldest toolchain", "msrv", msrv::run),
        chore("other platforms", "platforms", platforms::run),
        chore("packages", "package", || {
            package::run(&Packing { test: false }).map(|()| Verdict::Passed)
        }),
        run("the main job", "run -p stscreds --example tour"),
    ]
}

fn run(name: &'static str, arguments: &str) -> Gate {
    Gate { name, what: What::Cargo(cargo(arguments.split(' '))) }
}

fn chore(
    name: &'static str,
    arguments: &'static str,
    chore: fn() -> Result<Verdict, String>,
) -> Gate {
    Gate { name, what: What::Chore(arguments, chore) }
}

fn documentation() -> Gate {
    let mut command = cargo(["doc", "--workspace", "--no-deps", "--all-features"]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    Gate { name: "documentation", what: What::Cargo(command) }
}
