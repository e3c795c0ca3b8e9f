use std::{
    fs, io,
    path::{Path, PathBuf},
};

use fake_sts::world::World;

/// Why a world file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum WorldFileError {
    #[error("cannot read the world file {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    /// Without the line itself, which may hold a secret.
    #[error("the world file {}, line {line}, column {column}: {message}", path.display())]
    Toml { path: PathBuf, line: usize, column: usize, message: String },
    #[error("the world file {} is not valid JSON of a world", path.display())]
    Json { path: PathBuf, source: serde_json::Error },
}

/// Reads a world: JSON if the name ends in `.json`, TOML otherwise.
pub(super) fn read(path: &Path) -> Result<World, WorldFileError> {
    let text = fs::read_to_string(path)
        .map_err(|source| WorldFileError::Read { path: path.to_owned(), source })?;
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
        return serde_json::from_str(&text)
            .map_err(|source| WorldFileError::Json { path: path.to_owned(), source });
    }
    toml::from_str(&text).map_err(|error| {
        let before = text.get(..error.span().map_or(0, |span| span.start)).unwrap_or_default();
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        let line = before.matches('\n').count() + 1;
        WorldFileError::Toml {
            path: path.to_owned(),
            line,
            column,
            message: error.message().to_owned(),
        }
    })
}
