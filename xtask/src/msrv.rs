//! The oldest toolchain that each crate says it needs.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::semver::Version;
use cargo_metadata::{Metadata, Package};

use crate::tools::{cargo_of, has_toolchain};
use crate::verdict::Verdict;
use crate::workspace::{cargo, graph, output_of, published, succeed};

/// Asks every dependency for its own, and builds with each of the toolchains that is here.
pub(crate) fn run() -> Result<Verdict, String> {
    let published = published()?;
    println!("dependencies that need more than who brings them along");
    let faults = demanding_dependencies(&published, &graph()?)?;
    if !faults.is_empty() {
        return Err(Vec::from_iter(faults).join("\n"));
    }
    let mut missing = Vec::new();
    for (version, packages) in by_toolchain(&published) {
        match [version.to_string(), format!("{}.{}", version.major, version.minor)]
            .into_iter()
            .find(|toolchain| has_toolchain(toolchain))
        {
            None => missing.push(format!("a build with Rust {version}: not installed")),
            Some(toolchain) => {
                println!("{} with Rust {toolchain}", names(&packages));
                for package in packages {
                    check(&toolchain, package)?;
                }
            }
        }
    }
    Ok(if missing.is_empty() { Verdict::Passed } else { Verdict::PassedBut(missing.join("; ")) })
}

/// Libraries and programs only: tests may use what is newer.
fn check(toolchain: &str, package: &Package) -> Result<(), String> {
    let is_library = package.targets.iter().any(cargo_metadata::Target::is_lib);
    let what = if is_library { "--lib" } else { "--bins" };
    let mut command = cargo_of(toolchain, ["check", "--locked", what, "-p", &package.name]);
    command.args(["--no-default-features", "--features", &features(package)]);
    command.args(["--target-dir", &format!("target/msrv/{toolchain}")]);
    succeed(command)
}

/// All but those that need more, as the manifest says under `package.metadata.rust-version`.
fn features(package: &Package) -> String {
    let demanding = &package.metadata["rust-version"];
    let names = package.features.keys().map(String::as_str);
    names.filter(|name| demanding[*name].is_null()).collect::<Vec<_>>().join(",")
}

fn names(packages: &[&Package]) -> String {
    packages.iter().map(|package| package.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn by_toolchain(published: &[Package]) -> BTreeMap<&Version, Vec<&Package>> {
    let mut groups: BTreeMap<&Version, Vec<&Package>> = BTreeMap::new();
    for package in published {
        if let Some(version) = &package.rust_version {
            groups.entry(version).or_default().push(package);
        }
    }
    groups
}

/// On every platform.
fn demanding_dependencies(
    published: &[Package],
    graph: &Metadata,
) -> Result<BTreeSet<String>, String> {
    let mut faults = BTreeSet::new();
    for package in published {
        let mut tree = cargo(["tree", "--locked", "--target", "all", "--no-default-features"]);
        tree.args(["--features", &features(package)]);
        tree.args(["--edges", "normal,build", "--prefix", "none", "--format", "{p}"]);
        tree.args(["-p", &package.name]);
        let text = output_of(tree)?;
        let reached: BTreeSet<&str> = text.lines().collect();
        let id = |dependency: &Package| format!("{} v{}", dependency.name, dependency.version);
        for dependency in &graph.packages {
            let id = id(dependency);
            let is_reached = reached.iter().any(|line| {
                line.strip_prefix(&id).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
            });
            if is_reached && dependency.rust_version > package.rust_version {
                faults.insert(format!(
                    "{} says it needs Rust {}, but {id} needs {}",
                    package.name,
                    shown(package),
                    shown(dependency)
                ));
            }
        }
    }
    Ok(faults)
}

fn shown(package: &Package) -> String {
    package.rust_version.as_ref().map_or_else(|| "any".to_owned(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_dependency_needs_a_newer_toolchain_than_who_brings_it_along() {
        let faults = demanding_dependencies(&published().unwrap(), &graph().unwrap());

        assert_eq!(faults.unwrap(), BTreeSet::new());
    }

    #[test]
    fn a_crate_that_promises_too_much_is_found() {
        let mut published = published().unwrap();
        published.retain(|package| *package.name == "stscreds-core");
        published[0].rust_version = Some(Version::new(1, 31, 0));

        let faults = demanding_dependencies(&published, &graph().unwrap()).unwrap();

        let promise = "stscreds-core says it needs Rust 1.31.0, but thiserror v2";
        assert!(faults.iter().any(|fault| fault.starts_with(promise)), "{faults:?}");
    }
}
