//! What would be uploaded, built from nothing but that.

use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::Package;
use clap::Args;

use crate::files::{copy_folder, told};
use crate::workspace::{cargo, is_published, members, output_of, published, root, succeed};

/// How far to go.
#[derive(Debug, Args)]
pub(crate) struct Packing {
    /// Runs the tests of each crate as well, from what was packed.
    #[arg(long)]
    pub(crate) test: bool,
}

/// Packs each published crate and builds it from its own archive, with those of its
/// siblings in place of a registry.
pub(crate) fn run(chosen: &Packing) -> Result<(), String> {
    let published = published()?;
    println!("what is packed");
    for package in &published {
        let files = listed(package)?;
        println!("  {:<18} {} files", package.name, files.len());
        if let Some(missing) = ESSENTIAL.iter().find(|name| !files.iter().any(|f| f == *name)) {
            return Err(format!("the package of {} lacks {missing}", package.name));
        }
    }
    println!("building each from its archive");
    succeed(pack())?;
    for package in &published {
        let archive = root().join(format!("{}.crate", unpacked(package).display()));
        let bytes = fs::metadata(&archive).map_err(told(&archive))?.len();
        println!("  {:<18} {} KiB", package.name, bytes.div_ceil(1024));
        if bytes > LIMIT {
            return Err(format!("{} is larger than crates.io takes", archive.display()));
        }
    }
    if chosen.test {
        println!("testing each from its archive");
        test(&published)?;
    }
    Ok(())
}

/// `cargo package` of all that is published; what is not committed is packed too.
fn pack() -> std::process::Command {
    let mut command = cargo(["package", "--quiet", "--workspace", "--locked", "--allow-dirty"]);
    for private in members().into_iter().flatten().filter(|member| !is_published(member)) {
        command.args(["--exclude", &private.name]);
    }
    command
}

fn listed(package: &Package) -> Result<Vec<String>, String> {
    let list = cargo(["package", "--list", "--allow-dirty", "-p", &package.name]);
    Ok(output_of(list)?.lines().map(str::to_owned).collect())
}

/// A workspace of the unpacked archives alone, in which they stand for each other.
fn test(published: &[Package]) -> Result<(), String> {
    let folder = root().join("target/packed");
    let _absent = fs::remove_dir_all(&folder);
    let mut names = Vec::new();
    for package in published {
        copy_folder(&unpacked(package), &folder.join(&*package.name))?;
        names.push(package.name.to_string());
    }
    write(&folder.join("Cargo.toml"), &manifest_of(&names))?;
    let lock = folder.join("Cargo.lock");
    fs::copy(root().join("Cargo.lock"), &lock).map_err(told(&lock))?;
    let mut command = cargo(["test", "--workspace"]);
    command.current_dir(&folder).env("CARGO_TARGET_DIR", root().join("target"));
    succeed(command)
}

fn manifest_of(names: &[String]) -> String {
    let patches: Vec<String> =
        names.iter().map(|name| format!("{name} = {{ path = \"{name}\" }}")).collect();
    format!(
        "[workspace]\nresolver = \"3\"\nmembers = {names:?}\n\n[patch.crates-io]\n{}\n",
        patches.join("\n")
    )
}

/// Where cargo unpacks an archive to build it; the archive lies beside.
fn unpacked(package: &Package) -> PathBuf {
    root().join(format!("target/package/{}-{}", package.name, package.version))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(told(path))
}

const ESSENTIAL: [&str; 4] = ["Cargo.toml", "README.md", "LICENSE-MIT", "LICENSE-APACHE"];

/// Of [crates.io](https://doc.rust-lang.org/cargo/reference/publishing.html), compressed.
const LIMIT: u64 = 10 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archives_stand_for_each_other() {
        let manifest = manifest_of(&["a".to_owned(), "b".to_owned()]);

        let manifest: toml::Table = toml::from_str(&manifest).unwrap();

        assert_eq!(manifest["workspace"]["members"].as_array().unwrap().len(), 2);
        assert_eq!(manifest["patch"]["crates-io"]["b"]["path"].as_str(), Some("b"));
    }

    #[test]
    fn each_package_carries_what_its_reader_needs() {
        for package in published().unwrap() {
            let files = listed(&package).unwrap();

            for name in ESSENTIAL {
                assert!(files.iter().any(|file| file == name), "{} lacks {name}", package.name);
            }
        }
    }
}
