use std::fs;
use std::io::Write;
use std::path::Path;

use super::sources;
use crate::arguments::Configure;
use crate::failure::{Failure, Shown};
use crate::journey::{nearest, quoted};
use crate::notes::{Notes, print};

/// Adds a profile whose `credential_process` is this program, so that every SDK and tool
/// gets the sessions that are kept here.
pub(super) fn run(configure: &Configure, notes: &Notes) -> Result<(), Failure> {
    let sources = sources()?;
    let Configure { new, from, .. } = configure;
    let Some(config) = &sources.config else {
        return Err(Failure::usage("no configuration file: set HOME or AWS_CONFIG_FILE"));
    };
    if sources.profiles.names().any(|name| name == new) {
        return Err(Failure::usage(format!("there is already a profile {new:?}")));
    }
    if !sources.profiles.names().any(|name| name == from) {
        let hint = match nearest(from, sources.profiles.names()) {
            Some(near) => format!("; did you mean {near:?}?"),
            None => String::new(),
        };
        return Err(Failure::usage(format!("there is no profile {from:?}{hint}")));
    }
    if new.is_empty() || new.chars().any(|c| c.is_control() || "[]\"'\\ #;".contains(c)) {
        return Err(Failure::usage(format!(
            "{new:?} cannot be the name of a profile; use letters, digits and - _ . @"
        )));
    }
    let section = if new == "default" { new.clone() } else { format!("profile {new}") };
    let region = sources.profiles.setting(from, "region").unwrap_or_default();
    let region = if region.is_empty() { String::new() } else { format!("region = {region}\n") };
    let text =
        format!("\n[{section}]\ncredential_process = stscreds process {}\n{region}", quoted(from));
    append(config, &text)
        .map_err(|error| Failure::other(format!("cannot write {}: {error}", config.display())))?;
    if notes.json() {
        let object = serde_json::json!({"Profile": new, "File": config.display().to_string()});
        return print(&format!("{object}\n"));
    }
    print(&format!(
        "added profile {} to {}; try: aws sts get-caller-identity --profile {}\n",
        Shown(new),
        Shown(&config.display().to_string()),
        quoted(new)
    ))
}

/// Appends in one write: comments, order and the file's mode stay as they are, also where
/// the file is a symbolic link into a repository of settings.
fn append(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let before = fs::read(path).unwrap_or_default();
    let break_first = before.last().is_some_and(|byte| *byte != b'\n');
    let text = if break_first { format!("\n{text}") } else { text.to_owned() };
    let mut file = fs::OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(text.as_bytes())
}
