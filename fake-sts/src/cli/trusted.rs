use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// The file with what clients have to trust.
pub(super) enum Trusted {
    /// Where somebody wants to find it.
    Kept(PathBuf),
    /// Somewhere, until it is dropped.
    Temporary(NamedTempFile),
}

impl Trusted {
    pub(super) fn write(pem: &str, wanted: Option<&Path>) -> io::Result<Self> {
        if let Some(path) = wanted {
            fs::write(path, pem)?;
            return Ok(Self::Kept(path.to_owned()));
        }
        let mut file = tempfile::Builder::new().prefix("fake-sts-").suffix(".pem").tempfile()?;
        file.write_all(pem.as_bytes())?;
        Ok(Self::Temporary(file))
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Temporary(file) => file.path(),
        }
    }
}
