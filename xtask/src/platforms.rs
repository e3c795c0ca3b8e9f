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
    let mut names = Vec::new();
    for package in &published {
        if needs_no_c_compiler(package)? {
            names.push(package.name.as_str());
        }
    }
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

/// TLS is compiled from C, for which another platform's compiler and headers are needed.
fn needs_no_c_compiler(package: &Package) -> Result<bool, String> {
    let mut tree = cargo(["tree", "--locked", "--target", "all", "--prefix", "none"]);
    tree.args(["--edges", "normal,build", "--format", "{p}", "-p", &package.name]);
    let text = output_of(tree)?;
    Ok(!text.lines().any(|line| line.starts_with("aws-lc-sys ") || line.starts_with("ring ")))
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
