//! The cache's models, under loom, and the proof that each of them can fail.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::Subcommand;

use crate::files::{copy_folder, told};
use crate::workspace::{cargo, root};

/// What to do with the models; without it they are run.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum Loom {
    /// Removes each line that a model guards, in a copy, and sees the model fail.
    Prove,
}

pub(crate) fn run(chore: Option<Loom>) -> Result<(), String> {
    match chore {
        None => passes(&mut models(&root(), &[])),
        Some(Loom::Prove) => prove(),
    }
}

/// A line of the crate, and the model that must fail without it.
#[derive(Debug, PartialEq, Eq)]
struct Guard {
    model: String,
    file: String,
    function: String,
    line: String,
}

fn prove() -> Result<(), String> {
    let copy = copied_workspace()?;
    let sources = copy.join(CRATE).join("src");
    let mut failures = Vec::new();
    for guard in guards(&read(&sources.join("models.rs"))?)? {
        let path = sources.join(&guard.file);
        let original = read(&path)?;
        write(&path, &without(&original, &guard)?)?;
        let verdict = verdict(&copy, &guard.model);
        write(&path, &original)?;
        println!("{verdict}: without `{}` ({}), {}", guard.line, guard.file, guard.model);
        if verdict != "fails" {
            failures.push(guard.model);
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(format!("these do not: {}", failures.join(", "))) }
}

fn verdict(workspace: &Path, model: &str) -> &'static str {
    // Apart, so that a line whose removal does not compile proves nothing.
    if passes(quiet(&mut models(workspace, &["--no-run"]))).is_err() {
        return "DOES NOT COMPILE";
    }
    let name = format!("models::{model}");
    match passes(quiet(&mut models(workspace, &["--", "--exact", &name]))) {
        Ok(()) => "STILL PASSES",
        Err(_) => "fails",
    }
}

/// The models' test run. Their flags are the compiler's, so they have a target of their own;
/// and each workspace has, or cargo takes what was built without a line for the whole.
fn models(workspace: &Path, arguments: &[&str]) -> Command {
    let mut command = cargo(["test", "--release", "--package", "stscreds-cache", "--lib"]);
    if arguments.is_empty() {
        command.arg("models::");
    }
    command
        .args(arguments)
        .current_dir(workspace)
        .env("RUSTFLAGS", "--cfg stscreds_loom")
        .env("CARGO_TARGET_DIR", workspace.join("target/loom"));
    command
}

/// A workspace of the two crates that the models are built from.
fn copied_workspace() -> Result<PathBuf, String> {
    let copy = root().join("target/loom-proof");
    for member in [CORE, CRATE] {
        let _absent = fs::remove_dir_all(copy.join(member));
        copy_folder(&root().join(member), &copy.join(member))?;
    }
    let manifest = read(&root().join("Cargo.toml"))?;
    let members = format!("members = [\"{CORE}\", \"{CRATE}\"]");
    let manifest = replaced_line(&manifest, "members = ", &members)?;
    write(&copy.join("Cargo.toml"), &manifest)?;
    write(&copy.join("Cargo.lock"), &read(&root().join("Cargo.lock"))?)?;
    Ok(copy)
}

fn guards(models: &str) -> Result<Vec<Guard>, String> {
    let mut guards = Vec::new();
    let mut lines = models.lines();
    while let Some(line) = lines.next() {
        let Some(guarded) = line.strip_prefix("// Guards ") else { continue };
        let malformed = || format!("not `Guards <file>, fn <name>: <line>`: {line}");
        let (file, rest) = guarded.split_once(", fn ").ok_or_else(malformed)?;
        let (function, guarded) = rest.split_once(": ").ok_or_else(malformed)?;
        let model = lines.by_ref().find_map(|line| line.strip_prefix("fn ")?.strip_suffix("() {"));
        guards.push(Guard {
            model: model.ok_or_else(malformed)?.to_owned(),
            file: file.to_owned(),
            function: function.to_owned(),
            line: guarded.to_owned(),
        });
    }
    Ok(guards)
}

/// The source without the first such line of the function.
fn without(source: &str, guard: &Guard) -> Result<String, String> {
    let opening = format!("fn {}(", guard.function);
    let mut is_inside = false;
    let mut removed = false;
    let kept = source.lines().filter(|line| {
        is_inside |= line.contains(&opening);
        let remove = is_inside && !removed && line.trim() == guard.line;
        removed |= remove;
        !remove
    });
    let kept: Vec<_> = kept.collect();
    if removed {
        Ok(kept.join("\n") + "\n")
    } else {
        Err(format!("there is no such line: {guard:?}"))
    }
}

fn replaced_line(text: &str, beginning: &str, with: &str) -> Result<String, String> {
    let old = text.lines().find(|line| line.starts_with(beginning));
    old.map(|old| text.replacen(old, with, 1)).ok_or(format!("no line begins with `{beginning}`"))
}

fn passes(command: &mut Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the models failed: {status}")),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}

fn quiet(command: &mut Command) -> &mut Command {
    command.stdout(Stdio::null()).stderr(Stdio::null())
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(told(path))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(told(path))
}

const CORE: &str = "crates/stscreds-core";
const CRATE: &str = "crates/stscreds-cache";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_names_a_line_that_is_there() {
        let sources = root().join(CRATE).join("src");
        let models = read(&sources.join("models.rs")).unwrap();

        let guards = guards(&models).unwrap();

        assert_eq!(guards.len(), models.matches("#[test]").count());
        for guard in guards {
            let source = read(&sources.join(&guard.file)).unwrap();
            assert_ne!(without(&source, &guard), Ok(source));
        }
    }

    #[test]
    fn the_line_of_the_named_function_is_removed_and_no_other() {
        let source = "fn a() {\n    x;\n}\nfn b() {\n    x;\n    x;\n}\n";
        let [model, file] = ["m", "f.rs"].map(str::to_owned);
        let guard = Guard { model, file, function: "b".to_owned(), line: "x;".to_owned() };

        assert_eq!(without(source, &guard).unwrap(), "fn a() {\n    x;\n}\nfn b() {\n    x;\n}\n");
    }
}
