//! The lowest versions that the manifests allow, which are what they promise.

use std::fs;

use crate::files::{copy_folder, told};
use crate::tools::{cargo_of, has_toolchain};
use crate::verdict::Verdict;
use crate::workspace::{cargo, folder, members, published, root, succeed};

/// Resolves each direct dependency to its lowest version, in a copy, and builds that.
///
/// Only a nightly cargo can resolve so; the stable compiler builds it. Of tests nothing
/// is promised. No gate of `ci`: everything else is resolved to its newest version, so
/// that a release of somebody else's can fail it.
pub(crate) fn run() -> Result<Verdict, String> {
    if !has_toolchain("nightly") {
        return Ok(Verdict::Skipped("only a nightly cargo can resolve so".to_owned()));
    }
    let copy = root().join("target/minimal-versions/workspace");
    let _absent = fs::remove_dir_all(&copy);
    for member in members()? {
        let from = folder(&member);
        copy_folder(from, &copy.join(from.strip_prefix(root()).map_err(|e| e.to_string())?))?;
    }
    let manifest = copy.join("Cargo.toml");
    fs::copy(root().join("Cargo.toml"), &manifest).map_err(told(&manifest))?;

    println!("resolving to the lowest versions of direct dependencies");
    let mut resolve = cargo_of("nightly", ["generate-lockfile", "-Z", "direct-minimal-versions"]);
    resolve.current_dir(&copy);
    succeed(resolve)?;

    println!("building what is published with those");
    let mut check = cargo(["check", "--locked", "--lib", "--bins", "--all-features"]);
    for package in published()? {
        check.args(["-p", &package.name]);
    }
    check.current_dir(&copy).env("CARGO_TARGET_DIR", root().join("target/minimal-versions/built"));
    succeed(check).map(|()| Verdict::Passed)
}
