//! What stands in the way of a release, and the release.

use std::process::Command;

use cargo_metadata::Package;
use clap::Args;

use crate::files::read;
use crate::package::{self, Packing};
use crate::workspace::{cargo, is_published, members, output_of, published, root, succeed};

/// Whether to stop before anything leaves the machine.
#[derive(Debug, Args)]
pub(crate) struct Release {
    /// Only looks, and packs.
    #[arg(long)]
    dry_run: bool,
}

/// Looks at everything, also after the first obstacle; with none, publishes.
pub(crate) fn run(chosen: &Release) -> Result<(), String> {
    let published = published()?;
    let version = version(&published)?;
    println!("releasing {version}: {}", names(&published));
    let obstacles = [
        without_repository(&published),
        unannounced(&version, &read(&root().join("CHANGELOG.md"))),
        uncommitted(&git(&["status", "--porcelain"])?),
        tagged_before(&version, &git(&["tag", "--list"])?),
    ]
    .concat();
    for obstacle in &obstacles {
        println!("  {obstacle}");
    }
    package::run(&Packing { test: !chosen.dry_run })?;
    if !obstacles.is_empty() {
        return Err(format!("{} things to do first, see docs/releasing.md", obstacles.len()));
    }
    if chosen.dry_run {
        println!("nothing stands in the way");
        return Ok(());
    }
    let mut publish = cargo(["publish", "--workspace", "--locked"]);
    for private in members()?.iter().filter(|member| !is_published(member)) {
        publish.args(["--exclude", &private.name]);
    }
    succeed(publish)?;
    println!("published; now: git tag v{version} && git push --tags");
    Ok(())
}

/// The one version that all published crates have.
fn version(published: &[Package]) -> Result<String, String> {
    let first = published.first().ok_or("nothing is published")?;
    match published.iter().find(|package| package.version != first.version) {
        None => Ok(first.version.to_string()),
        Some(other) => Err(format!(
            "{} has version {}, and {} {}",
            first.name, first.version, other.name, other.version
        )),
    }
}

fn names(published: &[Package]) -> String {
    published.iter().map(|package| package.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn without_repository(published: &[Package]) -> Vec<String> {
    let lacks = |package: &&Package| package.repository.is_none();
    let lacking: Vec<&str> =
        published.iter().filter(lacks).map(|package| package.name.as_str()).collect();
    let told = format!(
        "no repository is named by {}: set it in the root Cargo.toml, and inherit it",
        lacking.join(", ")
    );
    if lacking.is_empty() { Vec::new() } else { vec![told] }
}

fn unannounced(version: &str, changelog: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let heading = format!("## {version}");
    if !changelog.lines().any(|line| line.starts_with(&heading)) {
        faults.push(format!("CHANGELOG.md has no section `{heading}`"));
    }
    let unreleased = changelog.split("## Unreleased\n").nth(1);
    let unreleased = unreleased.and_then(|rest| rest.split("\n## ").next()).unwrap_or_default();
    if !unreleased.trim().is_empty() {
        faults.push("CHANGELOG.md has something under `## Unreleased`".to_owned());
    }
    faults
}

fn uncommitted(status: &str) -> Vec<String> {
    let files = status.lines().count();
    if files == 0 { Vec::new() } else { vec![format!("{files} files are not committed")] }
}

fn tagged_before(version: &str, tags: &str) -> Vec<String> {
    let tag = format!("v{version}");
    let is_there = tags.lines().any(|line| line == tag);
    if is_there { vec![format!("there is a tag {tag} already")] } else { Vec::new() }
}

fn git(arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(root());
    output_of(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_published_has_one_version() {
        let mut packages = published().unwrap();
        assert!(version(&packages).is_ok());

        packages[1].version.major += 1;

        assert!(version(&packages).unwrap_err().contains("has version"));
    }

    #[test]
    fn a_release_is_announced_under_its_version() {
        let ready = "# Changelog\n\n## Unreleased\n\n## 1.2.0 (2026-03-04)\n\nBetter.\n";
        let forgotten = "# Changelog\n\n## Unreleased\n\nBetter.\n\n## 1.1.0\n\nGood.\n";

        assert_eq!(unannounced("1.2.0", ready), [""; 0]);
        assert_eq!(
            unannounced("1.2.0", forgotten),
            [
                "CHANGELOG.md has no section `## 1.2.0`",
                "CHANGELOG.md has something under `## Unreleased`"
            ]
        );
    }

    #[test]
    fn what_lies_about_or_was_released_is_in_the_way() {
        assert_eq!(uncommitted(" M a\n?? b\n"), ["2 files are not committed"]);
        assert_eq!(tagged_before("1.0.0", "v0.9.0\nv1.0.0\n"), ["there is a tag v1.0.0 already"]);
        assert_eq!(tagged_before("1.0.0", "v1.0.0-rc.1\n"), [""; 0]);
    }
}
