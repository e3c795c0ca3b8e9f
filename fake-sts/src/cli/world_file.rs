use std::path::{Path, PathBuf};
use std::{fs, io};

use fake_sts::world::World;

/// Why a world file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum WorldFileError {
    #[error("cannot read the world file {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    /// Without the line itself, which may hold a secret.
    #[error("the world file {}, line {line}, column {column}: {message}", path.display())]
    Malformed { path: PathBuf, line: usize, column: usize, message: String },
}

/// Reads a world: JSON if the name ends in `.json`, TOML otherwise.
pub(super) fn read(path: &Path) -> Result<World, WorldFileError> {
    let text = fs::read_to_string(path)
        .map_err(|source| WorldFileError::Read { path: path.to_owned(), source })?;
    let is_json = path.extension().is_some_and(|found| found.eq_ignore_ascii_case("json"));
    let world = if is_json { of_json(&text) } else { of_toml(&text) };
    world.map_err(|Fault { line, column, message }| {
        let (path, message) = (path.to_owned(), without_values(&message));
        WorldFileError::Malformed { path, line, column, message }
    })
}

struct Fault {
    line: usize,
    column: usize,
    message: String,
}

fn of_json(text: &str) -> Result<World, Fault> {
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let message = error.to_string();
        let place = format!(" at line {line} column {column}");
        let message = message.strip_suffix(&place).unwrap_or(&message).to_owned();
        Fault { line, column, message }
    })
}

fn of_toml(text: &str) -> Result<World, Fault> {
    toml::from_str(text).map_err(|error| {
        let before = text.get(..error.span().map_or(0, |span| span.start)).unwrap_or_default();
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        let line = before.matches('\n').count() + 1;
        Fault { line, column, message: error.message().replace('\n', ", ") }
    })
}

/// A text in the wrong place may be a secret, and both parsers quote it: `invalid type: string "..", expected ..`.
fn without_values(message: &str) -> String {
    match (message.split_once(" string \""), message.rsplit_once("\", expected ")) {
        (Some((before, _)), Some((_, expected))) => format!("{before} string, expected {expected}"),
        _ => message.to_owned(),
    }
}
