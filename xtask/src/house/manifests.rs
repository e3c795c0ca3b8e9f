//! What the manifests must say.

use cargo_metadata::Package;

use crate::files::read;
use crate::workspace::folder;

pub(super) fn without_lints(members: &[Package]) -> Vec<String> {
    let kept = |member: &&Package| {
        read(&folder(member).join("Cargo.toml")).contains("[lints]\nworkspace = true")
    };
    members.iter().filter(|member| !kept(member)).map(|member| member.name.to_string()).collect()
}
