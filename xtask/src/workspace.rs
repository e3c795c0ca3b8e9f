//! What cargo knows of the workspace.

use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{Metadata, MetadataCommand, Package};

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// `cargo` with these arguments, to be run in the workspace.
pub(crate) fn cargo<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).current_dir(root());
    command
}

/// What the command printed, or why there is nothing.
pub(crate) fn output_of(mut command: Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs the command, which says itself what is wrong.
pub(crate) fn succeed(mut command: Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("it ended with {status}")) }
}

/// Every member, by its manifest.
pub(crate) fn members() -> Result<Vec<Package>, String> {
    let mut command = MetadataCommand::new();
    command.no_deps().other_options(["--offline".to_owned()]);
    asked(&mut command).map(|metadata| metadata.packages)
}

/// Whether a member is meant for crates.io.
pub(crate) fn is_published(member: &Package) -> bool {
    !member.publish.as_ref().is_some_and(Vec::is_empty)
}

/// The members that are meant for crates.io.
pub(crate) fn published() -> Result<Vec<Package>, String> {
    Ok(members()?.into_iter().filter(is_published).collect())
}

/// The published members that other crates can depend on.
pub(crate) fn libraries() -> Result<Vec<Package>, String> {
    let has_library =
        |package: &Package| package.targets.iter().any(cargo_metadata::Target::is_lib);
    Ok(published()?.into_iter().filter(has_library).collect())
}

/// All that is locked, for every platform and feature. What this machine has not
/// needed yet is downloaded.
pub(crate) fn graph() -> Result<Metadata, String> {
    let options = ["--all-features", "--locked"].map(str::to_owned);
    asked(MetadataCommand::new().other_options(options))
}

fn asked(command: &mut MetadataCommand) -> Result<Metadata, String> {
    let manifest = root().join("Cargo.toml");
    command.cargo_path(env!("CARGO")).manifest_path(manifest).exec().map_err(|e| e.to_string())
}

/// Where a member's manifest is.
pub(crate) fn folder(package: &Package) -> &Path {
    package.manifest_path.parent().map_or(Path::new(""), |folder| folder.as_std_path())
}
