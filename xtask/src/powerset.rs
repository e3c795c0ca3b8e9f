//! Features in combination: each set of them must build, and without a warning.

use std::collections::BTreeSet;
use std::process::Stdio;

use cargo_metadata::Package;
use clap::Args;

use crate::workspace::{cargo, published};

/// How far to go.
#[derive(Debug, Args)]
pub(crate) struct Powerset {
    /// At most so many features at once, besides all of them.
    #[arg(long, default_value_t = DEPTH)]
    pub(crate) depth: usize,
    /// Only this crate.
    #[arg(short, long)]
    pub(crate) package: Option<String>,
}

/// Two features that cannot live together are found by pairs; three that cannot are rare.
const DEPTH: usize = 2;

/// Checks the library or program of each published crate with sets of its features.
pub(crate) fn run(chosen: &Powerset) -> Result<(), String> {
    let wanted = |package: &Package| chosen.package.as_ref().is_none_or(|p| *package.name == **p);
    let mut packages = published()?;
    packages.retain(wanted);
    if packages.is_empty() {
        return Err("there is no published crate of this name".to_owned());
    }
    let mut faults = Vec::new();
    for package in &packages {
        let sets = sets(package, chosen.depth);
        for (number, features) in sets.iter().enumerate() {
            let features: Vec<&str> = features.iter().copied().collect();
            let features = features.join(",");
            println!("{} [{}/{}] {features}", package.name, number + 1, sets.len());
            if let Err(said) = check(package, &features) {
                faults.push(format!("{} with features [{features}]:\n{said}", package.name));
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// Every set of up to so many features, and all of them. `default` is only a name for some.
fn sets(package: &Package, depth: usize) -> BTreeSet<BTreeSet<&str>> {
    let features = package.features.keys().map(String::as_str);
    let features: Vec<&str> = features.filter(|name| *name != "default").collect();
    let mut sets = BTreeSet::from([BTreeSet::new(), features.iter().copied().collect()]);
    for _ in 0..depth {
        let grown = sets.clone().into_iter().flat_map(|set| {
            features.iter().map(move |feature| {
                let mut set = set.clone();
                set.insert(*feature);
                set
            })
        });
        sets.extend(grown);
    }
    sets
}

fn check(package: &Package, features: &str) -> Result<(), String> {
    let mut command = cargo(["check", "--locked", "--quiet", "--no-default-features"]);
    let is_library = package.targets.iter().any(cargo_metadata::Target::is_lib);
    command.arg(if is_library { "--lib" } else { "--bins" });
    command.args(["-p", package.name.as_str(), "--features", features]).stdout(Stdio::null());
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    // Not by `-D warnings`, which would build all dependencies anew.
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() && !said.contains("warning: ") { Ok(()) } else { Err(said.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_depth_of_two_is_none_each_each_pair_and_all() {
        let mut package = published().unwrap().swap_remove(0);
        let features = ["default", "a", "b", "c", "d"].map(|name| (name.to_owned(), Vec::new()));
        package.features = features.into_iter().collect();

        assert_eq!(sets(&package, 0).len(), 2);
        assert_eq!(sets(&package, 2).len(), 1 + 4 + 6 + 1);
        assert_eq!(sets(&package, 9).len(), 16);
        assert!(!sets(&package, 9).iter().any(|set| set.contains("default")));
    }
}
