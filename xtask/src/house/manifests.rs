//! What the manifests must say.

use std::fs;

use cargo_metadata::Package;

use crate::files::read;
use crate::workspace::{folder, is_published, root};

pub(super) fn without_lints(members: &[Package]) -> Vec<String> {
    let kept = |member: &&Package| {
        read(&folder(member).join("Cargo.toml")).contains("[lints]\nworkspace = true")
    };
    members.iter().filter(|member| !kept(member)).map(|member| member.name.to_string()).collect()
}

/// What crates.io asks for and what a reader of its page wants. Where the repository
/// is, is a matter of the first release: see `cargo xtask release`.
pub(super) fn incomplete(members: &[Package]) -> Vec<String> {
    let published = members.iter().filter(|member| is_published(member));
    published.flat_map(what_is_amiss).collect()
}

fn what_is_amiss(package: &Package) -> Vec<String> {
    let described = package.description.as_deref().is_some_and(|text| text.len() >= 30);
    let keyword = |word: &String| {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        word.len() <= 20 && word.chars().all(plain)
    };
    let keywords = &package.keywords;
    let categories = &package.categories;
    let read_me = package.readme().is_some_and(|path| path.exists());
    let toolchain = package.rust_version.is_some();
    let documented = package.metadata["docs"]["rs"]["all-features"] == true;
    let checks = [
        (described, "has no description of a sentence"),
        (package.license.as_deref() == Some(LICENCE), "is not under the project's licence"),
        ((1..=5).contains(&keywords.len()), "wants one to five keywords"),
        (keywords.iter().all(keyword), "has a keyword that crates.io would refuse"),
        ((1..=5).contains(&categories.len()), "wants one to five categories"),
        (categories.iter().all(|c| CATEGORIES.contains(&&**c)), "has a category not known here"),
        (read_me, "has no README.md"),
        (toolchain, "has no rust-version"),
        (documented, "does not ask docs.rs for all features"),
    ];
    let amiss = checks.iter().filter(|(fine, _)| !fine);
    amiss.map(|(_, what)| format!("{} {what}", package.name)).collect()
}

/// The texts are linked into each crate's folder, from where cargo packs them.
pub(super) fn without_licences(members: &[Package]) -> Vec<String> {
    let mut faults = Vec::new();
    for member in members.iter().filter(|member| is_published(member)) {
        for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
            let own = fs::read(folder(member).join(name)).unwrap_or_default();
            if own.is_empty() || fs::read(root().join(name)).ok() != Some(own) {
                faults.push(format!("{} lacks the project's {name}", member.name));
            }
        }
    }
    faults
}

const LICENCE: &str = "MIT OR Apache-2.0";

/// Of [those that crates.io knows](https://crates.io/category_slugs), the ones that are ours.
const CATEGORIES: [&str; 7] = [
    "api-bindings",
    "asynchronous",
    "authentication",
    "caching",
    "command-line-utilities",
    "concurrency",
    "development-tools::testing",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::members;

    #[test]
    fn what_a_manifest_lacks_is_said() {
        let mut package = members().unwrap().into_iter().find(is_published).unwrap();
        package.description = None;
        package.keywords = vec!["Not A Keyword".to_owned()];
        package.categories = vec!["aws".to_owned()];

        assert_eq!(
            what_is_amiss(&package),
            [
                "has no description of a sentence",
                "has a keyword that crates.io would refuse",
                "has a category not known here",
            ]
            .map(|what| format!("{} {what}", package.name))
        );
    }
}
