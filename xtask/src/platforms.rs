//! Whether the crates compile for the platforms that this machine does not run.

use std::path::Path;
use std::process::Command;

use cargo_metadata::Package;

use crate::verdict::Verdict;
use crate::workspace::{cargo, output_of, published, succeed};

const TARGETS: &[&str] = &["x86_64-pc-windows-gnu", "aarch64-apple-darwin"];

/// Checks the libraries for each platform, after installing its standard library if need be.
pub(crate) fn run() -> Result<Verdict, String> {
    let published = published()?;
    let libraries = published.iter().filter(needs_no_c_compiler);
    let names: Vec<&str> = libraries.map(|package| package.name.as_str()).collect();
    let mut missing = Vec::new();
    for target in TARGETS {
        if has_standard_library(target)? {
            println!("{} for {target}", names.join(", "));
            check(target, &names)?;
        } else {
            missing.push(format!("{target}: `rustup target add {target}` failed"));
        }
    }
    Ok(if missing.is_empty() { Verdict::Passed } else { Verdict::PassedBut(missing.join("; ")) })
}

/// The fake and what speaks TLS by itself compile C, for which another platform's headers are needed; so does the
/// HTTP client that `stscreds-http` has by default.
fn needs_no_c_compiler(package: &&Package) -> bool {
    *package.name == "stscreds"
        || *package.name != "stscreds-http"
            && package.dependencies.iter().all(|needed| {
                needed.optional || !["aws-lc-rs", "rustls", "ring"].contains(&needed.name.as_str())
            })
}

fn has_standard_library(target: &str) -> Result<bool, String> {
    let is_there = || {
        let mut rustc = Command::new("rustc");
        rustc.args(["--print", "target-libdir", "--target", target]);
        output_of(rustc).map(|folder| Path::new(folder.trim()).is_dir())
    };
    // Without rustup, or out of its reach, only the check is skipped.
    Ok(is_there()? || (install(target).is_ok() && is_there()?))
}

fn install(target: &str) -> Result<(), String> {
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", target]);
    succeed(rustup)
}

fn check(target: &str, packages: &[&str]) -> Result<(), String> {
    let mut command = cargo(["check", "--locked", "--lib", "--target", target]);
    packages.iter().for_each(|package| {
        command.args(["-p", package]);
    });
    succeed(command)
}
