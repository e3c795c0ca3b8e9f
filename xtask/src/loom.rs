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
    /// Removes or replaces each line that a model guards, in a copy, and sees the model fail.
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
    /// What takes the line's place; nothing if it is removed.
    instead: String,
}

fn prove() -> Result<(), String> {
    let copy = copied_workspace()?;
    let sources = copy.join(CRATE).join("src");
    let mut failures = Vec::new();
    for guard in all_guards(&sources)? {
        let path = sources.join(&guard.file);
        let original = read(&path)?;
        write(&path, &without(&original, &guard)?)?;
        let verdict = verdict(&copy, &guard.model);
        write(&path, &original)?;
        let Guard { model, file, line, instead, .. } = &guard;
        match instead.as_str() {
            "" => println!("{verdict}: without `{line}` ({file}), {model}"),
            instead => println!("{verdict}: `{instead}` for `{line}` ({file}), {model}"),
        }
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

/// Those of `models.rs` and of the files beside it.
fn all_guards(sources: &Path) -> Result<Vec<Guard>, String> {
    let mut all = guards(&read(&sources.join("models.rs"))?, "")?;
    for file in MODELS {
        let path = sources.join("models").join(file).with_extension("rs");
        all.extend(guards(&read(&path)?, &format!("{file}::"))?);
    }
    Ok(all)
}

fn guards(models: &str, module: &str) -> Result<Vec<Guard>, String> {
    let mut guards = Vec::new();
    // Those that the next model guards.
    let mut pending = Vec::new();
    for line in models.lines() {
        if let Some(guarded) = line.strip_prefix("// Guards ") {
            pending.push(guarded);
        }
        let model = line.strip_prefix("fn ").and_then(|line| line.strip_suffix("() {"));
        let Some(model) = model else { continue };
        for guarded in pending.drain(..) {
            let malformed = || format!("not `Guards <file>, fn <name>: <line>`: {guarded}");
            let (file, rest) = guarded.split_once(", fn ").ok_or_else(malformed)?;
            let (function, line) = rest.split_once(": ").ok_or_else(malformed)?;
            let (line, instead) = line.split_once(" ==> ").unwrap_or((line, ""));
            let model = format!("{module}{model}");
            let [file, function, line, instead] =
                [file, function, line, instead].map(str::to_owned);
            guards.push(Guard { model, file, function, line, instead });
        }
    }
    match pending.first() {
        None => Ok(guards),
        Some(guarded) => Err(format!("no model guards {guarded}")),
    }
}

/// The source without the first such line of the function, or with another in its place.
fn without(source: &str, guard: &Guard) -> Result<String, String> {
    let opening = format!("fn {}(", guard.function);
    let mut is_inside = false;
    let mut changed = Vec::new();
    let mut is_changed = false;
    for line in source.lines() {
        is_inside |= line.contains(&opening);
        if is_inside && !is_changed && line.trim() == guard.line {
            is_changed = true;
            if guard.instead.is_empty() {
                continue;
            }
            changed.push(guard.instead.as_str());
        } else {
            changed.push(line);
        }
    }
    match is_changed {
        true => Ok(changed.join("\n") + "\n"),
        false => Err(format!("there is no such line: {guard:?}")),
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

/// The modules of `models.rs`.
const MODELS: &[&str] = &["rejections"];

const CORE: &str = "crates/stscreds-core";
const CRATE: &str = "crates/stscreds-cache";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_model_names_a_line_that_is_there() {
        let sources = root().join(CRATE).join("src");
        let mut models = read(&sources.join("models.rs")).unwrap();
        for file in fs::read_dir(sources.join("models")).unwrap() {
            models += &read(&file.unwrap().path()).unwrap();
        }

        let guards = all_guards(&sources).unwrap();

        let guarding: BTreeSet<_> = guards.iter().map(|guard| &guard.model).collect();
        assert_eq!(guarding.len(), models.matches("#[test]").count());
        for guard in guards {
            let source = read(&sources.join(&guard.file)).unwrap();
            assert_ne!(without(&source, &guard), Ok(source));
        }
    }

    #[test]
    fn the_line_of_the_named_function_is_removed_and_no_other() {
        let source = "fn a() {\n    x;\n}\nfn b() {\n    x;\n    x;\n}\n";
        let [model, file] = ["m", "f.rs"].map(str::to_owned);
        let [function, line, instead] = ["b", "x;", ""].map(str::to_owned);
        let mut guard = Guard { model, file, function, line, instead };

        assert_eq!(without(source, &guard).unwrap(), "fn a() {\n    x;\n}\nfn b() {\n    x;\n}\n");

        guard.instead = "y;".to_owned();
        let replaced = without(source, &guard).unwrap();
        assert_eq!(replaced, "fn a() {\n    x;\n}\nfn b() {\ny;\n    x;\n}\n");
    }
}
