use std::path::{Path, PathBuf};
use std::{fs, io};

use fake_sts::world::World;
use fake_sts_model::json_words::in_words_of_json;

/// Why a world file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum WorldFileError {
    #[error("cannot read the world file {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("the world file {} is no text in UTF-8; save it as that", path.display())]
    Encoding { path: PathBuf },
    /// Without the line itself, which may hold a secret.
    #[error("the world file {}, line {line}, column {column}: {message}", path.display())]
    Malformed { path: PathBuf, line: usize, column: usize, message: String },
}

/// Reads a world: JSON if the name ends in `.json`, TOML otherwise.
pub(super) fn read(path: &Path) -> Result<World, WorldFileError> {
    let bytes =
        fs::read(path).map_err(|source| WorldFileError::Read { path: path.to_owned(), source })?;
    // Windows likes to begin files with a mark of their encoding.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let text = std::str::from_utf8(bytes)
        .map_err(|_| WorldFileError::Encoding { path: path.to_owned() })?;
    let extension = path.extension().unwrap_or_default();
    let read = if extension.eq_ignore_ascii_case("json") {
        of_json(text)
    } else {
        of_toml(text).map_err(|fault| fault.of_toml_named(extension.eq_ignore_ascii_case("toml")))
    };
    read.map_err(|Fault { line, column, message }| {
        let path = path.to_owned();
        WorldFileError::Malformed { path, line, column, message }
    })
}

struct Fault {
    line: usize,
    column: usize,
    message: String,
}

impl Fault {
    fn new(line: usize, column: usize, message: &str) -> Self {
        Self { line, column, message: in_words_of_json(&without_values(message)) }
    }

    /// The name of a file with JSON, or YAML, in it may not say so.
    fn of_toml_named(mut self, as_toml: bool) -> Self {
        if !as_toml {
            self.message.push_str("; it is read as TOML, since its name does not end in .json");
        }
        self
    }
}

fn of_json(text: &str) -> Result<World, Fault> {
    // Our formats take a list of the members for an object, too: an empty one would be an empty world.
    if text.trim_start().starts_with('[') {
        return Err(Fault::new(1, 1, "invalid type: list, expected an object"));
    }
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let message = error.to_string();
        let place = format!(" at line {line} column {column}");
        Fault::new(line, column, message.strip_suffix(&place).unwrap_or(&message))
    })
}

fn of_toml(text: &str) -> Result<World, Fault> {
    toml::from_str(text).map_err(|error| {
        let before = text.get(..error.span().map_or(0, |span| span.start)).unwrap_or_default();
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        let line = before.matches('\n').count() + 1;
        Fault::new(line, column, &error.message().replace('\n', ", "))
    })
}

/// A value in the wrong place may be a secret, and both parsers quote it: `invalid type: string "..", expected ..`.
fn without_values(message: &str) -> String {
    for (kind, begin, end) in [
        (" string", " \"", "\", expected "),
        (" integer", " `", "`, expected "),
        (" floating point", " `", "`, expected "),
    ] {
        let begin = format!("{kind}{begin}");
        if let (Some((before, _)), Some((_, expected))) =
            (message.split_once(&begin), message.rsplit_once(end))
        {
            return format!("{before}{kind}, expected {expected}");
        }
    }
    message.to_owned()
}
