//! What the documents must know.

use cargo_metadata::Package;
use clap::CommandFactory;

use crate::Arguments;
use crate::files::{below, read};
use crate::workspace::root;

pub(super) fn unknown_to_the_readme(members: &[Package]) -> Vec<String> {
    let readme = read(&root().join("README.md"));
    let unknown = |member: &&Package| !readme.contains(&format!("`{}`", member.name));
    members.iter().filter(unknown).map(|member| member.name.to_string()).collect()
}

/// The table's chores and those of the command line are the same, in both directions.
pub(super) fn unknown_chores(_: &[Package]) -> Vec<String> {
    let text = read(&root().join("CONTRIBUTING.md"));
    let told: Vec<&str> = text.lines().filter_map(chore_of_a_row).collect();
    let arguments = Arguments::command();
    let there: Vec<&str> = arguments.get_subcommands().map(clap::Command::get_name).collect();
    let untold = there.iter().filter(|name| !told.contains(name));
    let untold = untold.map(|name| format!("CONTRIBUTING.md does not tell of `{name}`"));
    let gone = told.iter().filter(|name| !there.contains(name));
    untold.chain(gone.map(|name| format!("CONTRIBUTING.md tells of `{name}`"))).collect()
}

/// The first word after ``| `cargo xtask ``.
fn chore_of_a_row(line: &str) -> Option<&str> {
    line.strip_prefix("| `cargo xtask ")?.split([' ', '`']).next()
}

pub(super) fn broken_links(members: &[Package]) -> Vec<String> {
    let mut documents = below(&root().join("docs"), "md");
    documents.extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|d| root().join(d)));
    documents
        .extend(members.iter().filter_map(|member| Some(member.readme()?.into_std_path_buf())));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_tells_of_a_chore_whatever_follows_its_name() {
        assert_eq!(chore_of_a_row("| `cargo xtask fuzz --seconds 9` | fuzzes |"), Some("fuzz"));
        assert_eq!(chore_of_a_row("| `cargo xtask ci` | all |"), Some("ci"));
        assert_eq!(chore_of_a_row("Say `cargo xtask ci`."), None);
    }
}
