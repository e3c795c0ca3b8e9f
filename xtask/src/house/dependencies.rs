//! Who uses what, as `docs/dependencies.md` tells it.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Package};

use crate::files::read;
use crate::workspace::root;

/// Rows that are missing, needless, or name other users than the manifests do.
pub(super) fn told_wrong(members: &[Package]) -> Vec<String> {
    let text = read(&root().join(DOCUMENT));
    let told: BTreeMap<&str, &str> = text.lines().filter_map(row).collect();
    let there = uses(members);
    let mut faults = Vec::new();
    for (name, users) in &there {
        match told.get(name.as_str()) {
            Some(said) if said == users => {}
            Some(said) => faults.push(format!("{DOCUMENT}: {name}: {users}, and not {said}")),
            None => faults.push(format!("{DOCUMENT} has no row for {name}: {users}")),
        }
    }
    let gone = told.keys().filter(|name| !there.contains_key(**name));
    faults.extend(gone.map(|name| format!("{DOCUMENT}: nothing uses {name}")));
    faults
}

/// Versions that the workspace settles and no member asks for.
pub(super) fn settled_for_nobody(members: &[Package]) -> Vec<String> {
    let manifest = read(&root().join("Cargo.toml"));
    let manifest: toml::Table = toml::from_str(&manifest).unwrap_or_default();
    let settled = manifest.get("workspace").and_then(|table| table.get("dependencies"));
    let settled = settled.and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::keys);
    let is_used = |name: &String| {
        let is_named_by = |member: &Package| member.dependencies.iter().any(|d| d.name == *name);
        members.iter().any(|member| *member.name == **name || is_named_by(member))
    };
    settled.filter(|name| !is_used(name)).cloned().collect()
}

/// Name and users of a row such as ``| `tokio` | cache, token | .. |``.
fn row(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.strip_prefix("| `")?.split_once("` | ")?;
    Some((name, rest.split(" | ").next()?))
}

/// For each crate that is not ours, the members that name it: first those that bring
/// it along, then those that only test, bench or build with it.
fn uses(members: &[Package]) -> BTreeMap<String, String> {
    let ours: BTreeSet<&str> = members.iter().map(|member| member.name.as_str()).collect();
    let mut users: BTreeMap<&str, BTreeMap<&str, bool>> = BTreeMap::new();
    for member in members {
        for dependency in member.dependencies.iter().filter(|d| !ours.contains(d.name.as_str())) {
            let brings_along = dependency.kind == DependencyKind::Normal;
            let of_this = users.entry(&dependency.name).or_default();
            *of_this.entry(short(&member.name)).or_default() |= brings_along;
        }
    }
    users.into_iter().map(|(name, users)| (name.to_owned(), cell(&users))).collect()
}

fn cell(users: &BTreeMap<&str, bool>) -> String {
    let of = |wanted: bool| {
        let names = users.iter().filter(|(_, along)| **along == wanted).map(|(name, _)| *name);
        names.collect::<Vec<_>>().join(", ")
    };
    match (of(true), of(false)) {
        (along, tests) if tests.is_empty() => along,
        (along, tests) if along.is_empty() => format!("tests of {tests}"),
        (along, tests) => format!("{along}; tests of {tests}"),
    }
}

/// A member's name in the document.
fn short(name: &str) -> &str {
    name.strip_prefix("stscreds-").unwrap_or(name)
}

const DOCUMENT: &str = "docs/dependencies.md";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_names_first_those_who_bring_a_crate_along() {
        let users = BTreeMap::from([("cache", false), ("core", true), ("token", true)]);

        assert_eq!(cell(&users), "core, token; tests of cache");
        assert_eq!(cell(&BTreeMap::from([("cache", false)])), "tests of cache");
    }

    #[test]
    fn the_versions_of_the_workspace_are_seen() {
        let unused = settled_for_nobody(&[]);

        assert!(unused.contains(&"tokio".to_owned()), "{unused:?}");
    }

    #[test]
    fn a_row_is_read_up_to_its_users() {
        assert_eq!(row("| `tokio` | cache, token | waits | no |"), Some(("tokio", "cache, token")));
        assert_eq!(row("| crate | used by |"), None);
    }
}
