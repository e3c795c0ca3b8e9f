//! What the sources must look like.

use std::path::PathBuf;

use cargo_metadata::Package;

use crate::files::{below, read};
use crate::workspace::{folder, root};

pub(super) fn long_files(members: &[Package]) -> Vec<String> {
    let mut faults = Vec::new();
    for path in sources(members) {
        let lines = read(&path).lines().take_while(|line| *line != "#[cfg(test)]").count();
        if lines > 400 {
            faults.push(format!("{} has {lines} lines", path.display()));
        }
    }
    faults
}

pub(super) fn vague_names(members: &[Package]) -> Vec<String> {
    let vague = ["mod", "util", "utils", "helpers", "common", "types", "misc"];
    let is_vague = |path: &PathBuf| path.file_stem().is_some_and(|s| vague.iter().any(|v| s == *v));
    sources(members).into_iter().filter(is_vague).map(|path| path.display().to_string()).collect()
}

pub(super) fn roots_with_items(members: &[Package]) -> Vec<String> {
    let items = ["fn ", "struct ", "enum ", "trait ", "impl ", "const ", "static "];
    let mut faults = Vec::new();
    for member in members {
        for line in read(&folder(member).join("src/lib.rs")).lines() {
            let declared = line.trim_start_matches("pub ").trim_start_matches("pub(crate) ");
            if items.iter().any(|item| declared.starts_with(item)) {
                faults.push(format!("{}: {line}", member.name));
            }
        }
    }
    faults
}

/// Where the AWS SDK is met: the adapter, and the fake's entry for clients of the SDK, which docs/decisions/0014 argues for.
const MEETING_THE_SDK: [&str; 3] =
    ["crates/stscreds-aws-sdk/src", "crates/stscreds-cli/src/sts.rs", "fake-sts/src/aws_sdk"];

pub(super) fn sdk_types_elsewhere(members: &[Package]) -> Vec<String> {
    let ours = |member: &&Package| {
        member.name.starts_with("stscreds") || member.name.starts_with("fake-sts")
    };
    let lines = members.iter().filter(ours).flat_map(lines_that_name_the_sdk);
    lines.filter(|line| !is_met_in(line)).collect()
}

fn is_met_in(line: &str) -> bool {
    MEETING_THE_SDK.iter().any(|place| line.starts_with(place))
}

/// Code, not documentation: an example may well show how to use both.
fn lines_that_name_the_sdk(member: &Package) -> Vec<String> {
    let crates = ["aws_config", "aws_credential_types", "aws_sdk_", "aws_smithy_", "aws_types"];
    let mut found = Vec::new();
    for path in below(&folder(member).join("src"), "rs") {
        for line in read(&path).lines().map(|line| line.replace("stscreds_aws_sdk", "")) {
            let is_code = !line.trim_start().starts_with("//");
            if is_code && crates.iter().any(|name| line.contains(name)) {
                let path = path.strip_prefix(root()).unwrap_or(&path);
                found.push(format!("{}: {line}", path.display()));
            }
        }
    }
    found
}

fn sources(members: &[Package]) -> Vec<PathBuf> {
    members.iter().flat_map(|member| below(&folder(member).join("src"), "rs")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::members;

    #[test]
    fn what_the_sdk_is_named_for_is_seen_in_both_places() {
        let named = members().unwrap().iter().flat_map(lines_that_name_the_sdk).collect::<Vec<_>>();

        for place in MEETING_THE_SDK {
            assert!(named.iter().any(|line| line.starts_with(place)), "{place}");
        }
        assert!(!is_met_in("fake-sts/src/clock.rs: use aws_smithy_async::time::TimeSource;"));
    }

    #[test]
    fn the_rules_see_the_files() {
        let files = sources(&members().unwrap());

        assert!(files.iter().any(|path| path.ends_with("stscreds-core/src/credentials.rs")));
    }
}
