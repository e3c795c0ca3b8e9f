//! The crates that a build can reach, and what may be wrong with them.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::semver::{Version, VersionReq};
use cargo_metadata::{Metadata, Package};
use spdx::{Expression, ParseMode};

use super::config::Entry;
use crate::workspace::{cargo, output_of};

/// What some feature, platform or test reaches, which is less than what is locked.
#[derive(Debug)]
pub(super) struct Graph<'a> {
    pub(super) packages: Vec<&'a Package>,
    /// Those of them that more than tests need. Only these are asked for second versions,
    /// as cargo-deny does unless told otherwise.
    built: Vec<&'a Package>,
}

impl<'a> Graph<'a> {
    pub(super) fn of(metadata: &'a Metadata) -> Result<Self, String> {
        let reached_by = |edges| -> Result<Vec<_>, String> {
            let reached = reached_by(edges)?;
            let id = |package: &Package| format!("{} v{}", package.name, package.version);
            Ok(metadata.packages.iter().filter(|package| reached.contains(&id(package))).collect())
        };
        Ok(Self { packages: reached_by("normal,build,dev")?, built: reached_by("normal,build")? })
    }

    pub(super) fn under_other_licences(&self, allowed: &[String]) -> Vec<String> {
        let fault = |package: &&&Package| {
            let Some(text) = &package.license else {
                return Some(format!("{} does not tell its licence", package.name));
            };
            // Lax, as older manifests separate alternatives by a slash.
            let Ok(expression) = Expression::parse_mode(text, ParseMode::LAX) else {
                return Some(format!("{}: what licence is {text}?", package.name));
            };
            let fine = expression.evaluate(|wanted| {
                let name = wanted.license.id().map(|id| id.name);
                wanted.addition.is_none() && allowed.iter().any(|one| Some(one.as_str()) == name)
            });
            let told = format!("{} is under {text}, which deny.toml does not allow", package.name);
            (!fine).then_some(told)
        };
        self.packages.iter().filter_map(|package| fault(&package)).collect()
    }

    pub(super) fn banned(&self, banned: &[Entry]) -> Vec<String> {
        let is_there = |entry: &&Entry| self.packages.iter().any(|p| p.name == entry.name());
        let there = banned.iter().filter(is_there);
        there.map(|entry| format!("{} is banned: {}", entry.name(), entry.reason)).collect()
    }

    /// Crates in two versions that nobody accounts for, and accounts of what is no longer so.
    pub(super) fn in_two_versions(&self, skipped: &[Entry]) -> Vec<String> {
        let mut versions: BTreeMap<&str, Vec<&Version>> = BTreeMap::new();
        for package in &self.built {
            versions.entry(&package.name).or_default().push(&package.version);
        }
        let mut faults = Vec::new();
        for (name, there) in &versions {
            let unskipped = there.iter().filter(|v| !skipped.iter().any(|s| matches(s, name, v)));
            if unskipped.count() > 1 {
                let list: Vec<String> = there.iter().map(ToString::to_string).collect();
                faults.push(format!("there are two versions of {name}: {}", list.join(", ")));
            }
        }
        for entry in skipped {
            let there = versions.get(entry.name()).map_or(&[][..], Vec::as_slice);
            if there.len() < 2 || !there.iter().any(|v| matches(entry, entry.name(), v)) {
                faults.push(format!(
                    "there is one version of {0}, so deny.toml need not skip {0}@{1}",
                    entry.name(),
                    entry.version()
                ));
            }
        }
        faults
    }

    pub(super) fn not_from(&self, registries: &[String]) -> Vec<String> {
        let is_fine = |package: &&&Package| {
            let Some(source) = &package.source else { return true }; // A folder of this workspace.
            let from = source.repr.strip_prefix("registry+");
            from.is_some_and(|from| registries.iter().any(|registry| registry == from))
        };
        let told = |package: &&Package| {
            let source = package.source.as_ref().map_or("", |source| source.repr.as_str());
            format!("{} comes from {source}", package.name)
        };
        self.packages.iter().filter(|package| !is_fine(package)).map(told).collect()
    }
}

/// Names and versions by `cargo tree`: the resolution in `cargo metadata` knows nothing
/// of weak features and would list crates that nothing builds.
fn reached_by(edges: &str) -> Result<BTreeSet<String>, String> {
    let mut tree = cargo(["tree", "--locked", "--workspace", "--all-features", "--target", "all"]);
    tree.args(["--edges", edges, "--prefix", "none", "--format", "{p}"]);
    let id = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    Ok(output_of(tree)?.lines().map(id).collect())
}

fn matches(entry: &Entry, name: &str, version: &Version) -> bool {
    entry.name() == name
        && VersionReq::parse(entry.version()).is_ok_and(|wanted| wanted.matches(version))
}
