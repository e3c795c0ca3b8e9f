use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

/// Where a report is written.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Makes the folder, and finds out whether it can be written to: after minutes of measuring it would be a pity.
    ///
    /// # Errors
    ///
    /// What stands in the way, with the path.
    pub fn prepare(path: &Path) -> Result<Self, String> {
        let unusable = |error| format!("nothing can be written to {}: {error}", path.display());
        fs::create_dir_all(path).map_err(unusable)?;
        let trial = path.join(".writable");
        // As long as a report: an all but full disk is found out now.
        fs::write(&trial, vec![b'.'; 1 << 20]).map_err(unusable)?;
        fs::remove_file(&trial).map_err(unusable)?;
        Ok(Self(path.to_owned()))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file.
    ///
    /// # Errors
    ///
    /// What the system says, with the path.
    pub fn put(&self, name: &str, text: &str) -> Result<(), String> {
        let path = self.0.join(name);
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Writes a report as `report.json`, and the document that was made of it as `report.md`.
    ///
    /// # Errors
    ///
    /// The same, and what JSON cannot hold.
    pub fn put_report(&self, report: &impl Serialize, document: &str) -> Result<(), String> {
        let json = serde_json::to_string_pretty(report).map_err(|error| error.to_string())?;
        self.put(REPORT, &json)?;
        self.put("report.md", document)
    }

    /// Where [`put_report`](Self::put_report) writes the figures.
    #[must_use]
    pub fn report(&self) -> PathBuf {
        self.0.join(REPORT)
    }
}

const REPORT: &str = "report.json";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_cannot_be_is_told_by_name() {
        let complaint = Folder::prepare(Path::new("/dev/null/report")).err().unwrap();

        assert!(complaint.contains("/dev/null/report"), "{complaint}");
    }
}
