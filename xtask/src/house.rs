//! The rules of the house that a compiler does not know.

mod dependencies;
mod documents;
mod language;
mod manifests;
mod sources;

use cargo_metadata::Package;
use clap::Args;

use crate::workspace::members;

/// A rule's name, and how to find what breaks it.
type Rule = (&'static str, fn(&[Package]) -> Vec<String>);

const RULES: &[Rule] = &[
    ("a file has at most 400 lines before its tests", sources::long_files),
    ("a file is named for an idea", sources::vague_names),
    ("a crate root holds no items", sources::roots_with_items),
    ("types of the AWS SDK are named where it is met", sources::sdk_types_elsewhere),
    ("every member keeps the lints of the workspace", manifests::without_lints),
    ("what is published says what it is", manifests::incomplete),
    ("what is published carries its licences", manifests::without_licences),
    ("the README knows every crate", documents::unknown_to_the_readme),
    ("CONTRIBUTING knows every chore", documents::unknown_chores),
    ("the dependencies' document tells who uses each", dependencies::told_wrong),
    ("no version is settled for nobody", dependencies::settled_for_nobody),
    ("links within the documents lead somewhere", documents::broken_links),
    ("no member uses a phrase to avoid more often than before", language::risen),
];

/// Whether the counts of phrases to avoid are lowered.
#[derive(Debug, Args)]
pub(crate) struct House {
    /// Lowers the committed counts of phrases to avoid to what is there now.
    #[arg(long)]
    tighten: bool,
}

/// Prints each rule, and fails on what breaks one.
pub(crate) fn inspect(chosen: &House) -> Result<(), String> {
    let members = members()?;
    if chosen.tighten {
        let left = language::tighten(&members)?;
        println!("{left} phrases to avoid are left; see xtask/language.toml");
    }
    let mut faults = Vec::new();
    for (rule, find) in RULES {
        let found = find(&members);
        println!("{} {rule}", if found.is_empty() { "kept  " } else { "BROKEN" });
        faults.extend(found);
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
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
}
