//! The rules of the house that a compiler does not know.

use std::fs;
use std::path::{Path, PathBuf};

use crate::workspace::{Member, members, root};

/// A rule's name, and how to find what breaks it.
type Rule = (&'static str, fn(&[Member]) -> Vec<String>);

const RULES: &[Rule] = &[
    ("a file has at most 400 lines before its tests", long_files),
    ("a file is named for an idea", vague_names),
    ("every member keeps the lints of the workspace", without_lints),
    ("a crate root holds no items", roots_with_items),
    ("the adapter alone names types of the AWS SDK", sdk_types_outside_of_the_adapter),
    ("the README knows every crate", unknown_to_the_readme),
    ("links within the documents lead somewhere", broken_links),
];

/// Prints each rule, and fails on what breaks one.
pub(crate) fn inspect() -> Result<(), String> {
    let members = members()?;
    let mut faults = Vec::new();
    for (rule, find) in RULES {
        let found = find(&members);
        println!("{} {rule}", if found.is_empty() { "kept  " } else { "BROKEN" });
        faults.extend(found);
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

fn long_files(members: &[Member]) -> Vec<String> {
    let mut faults = Vec::new();
    for path in sources(members) {
        let lines = read(&path).lines().take_while(|line| *line != "#[cfg(test)]").count();
        if lines > 400 {
            faults.push(format!("{} has {lines} lines", path.display()));
        }
    }
    faults
}

fn vague_names(members: &[Member]) -> Vec<String> {
    let vague = ["mod", "util", "utils", "helpers", "common", "types", "misc"];
    let is_vague = |path: &PathBuf| path.file_stem().is_some_and(|s| vague.iter().any(|v| s == *v));
    sources(members).into_iter().filter(is_vague).map(|path| path.display().to_string()).collect()
}

fn without_lints(members: &[Member]) -> Vec<String> {
    let kept = |member: &&Member| {
        read(&member.folder.join("Cargo.toml")).contains("[lints]\nworkspace = true")
    };
    members.iter().filter(|member| !kept(member)).map(|member| member.name.clone()).collect()
}

fn roots_with_items(members: &[Member]) -> Vec<String> {
    let items = ["fn ", "struct ", "enum ", "trait ", "impl ", "const ", "static "];
    let mut faults = Vec::new();
    for Member { name, folder, .. } in members {
        for line in read(&folder.join("src/lib.rs")).lines() {
            let declared = line.trim_start_matches("pub ").trim_start_matches("pub(crate) ");
            if items.iter().any(|item| declared.starts_with(item)) {
                faults.push(format!("{name}: {line}"));
            }
        }
    }
    faults
}

fn sdk_types_outside_of_the_adapter(members: &[Member]) -> Vec<String> {
    let ours = |member: &&Member| member.name.starts_with("stscreds") && member.name != ADAPTER;
    members.iter().filter(ours).flat_map(lines_that_name_the_sdk).collect()
}

const ADAPTER: &str = "stscreds-aws-sdk";

/// Code, not documentation: an example may well show how to use both.
fn lines_that_name_the_sdk(member: &Member) -> Vec<String> {
    let crates = ["aws_config", "aws_credential_types", "aws_sdk_", "aws_smithy_", "aws_types"];
    let mut found = Vec::new();
    for path in files_below(&member.folder.join("src"), "rs") {
        for line in read(&path).lines().map(|line| line.replace("stscreds_aws_sdk", "")) {
            let is_code = !line.trim_start().starts_with("//");
            if is_code && crates.iter().any(|name| line.contains(name)) {
                found.push(format!("{}: {line}", path.display()));
            }
        }
    }
    found
}

fn unknown_to_the_readme(members: &[Member]) -> Vec<String> {
    let readme = read(&root().join("README.md"));
    let unknown = |member: &&Member| !readme.contains(&format!("`{}`", member.name));
    members.iter().filter(unknown).map(|member| member.name.clone()).collect()
}

fn broken_links(_: &[Member]) -> Vec<String> {
    let mut documents = files_below(&root().join("docs"), "md");
    documents.extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|d| root().join(d)));
    let mut faults = Vec::new();
    for document in documents {
        let text = read(&document);
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or_default();
            let local = !file.is_empty() && !file.contains("://");
            if local && !document.with_file_name("").join(file).exists() {
                faults.push(format!("{} links to {file}", document.display()));
            }
        }
    }
    faults
}

fn sources(members: &[Member]) -> Vec<PathBuf> {
    members.iter().flat_map(|member| files_below(&member.folder.join("src"), "rs")).collect()
}

fn files_below(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                found.push(path);
            }
        }
    }
    found
}

/// The text of a file; nothing if there is none.
fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_of_the_house_is_kept() {
        let members = members().unwrap();

        for (rule, find) in RULES {
            assert_eq!(find(&members), Vec::<String>::new(), "{rule}");
        }
    }

    #[test]
    fn what_the_adapter_names_of_the_sdk_is_seen() {
        let members = members().unwrap();
        let adapter = members.iter().find(|member| member.name == ADAPTER).unwrap();

        assert!(!lines_that_name_the_sdk(adapter).is_empty());
    }

    #[test]
    fn the_rules_see_the_files() {
        let files = sources(&members().unwrap());

        assert!(files.iter().any(|path| path.ends_with("stscreds-core/src/credentials.rs")));
    }
}
