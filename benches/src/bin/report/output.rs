use std::fs;
use std::path::{Path, PathBuf};

use crate::answers::Report;
use crate::pictures;

/// Where a report is written.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Makes the folder, and finds out whether it can be written to.
    pub(crate) fn prepare(path: &Path) -> Result<Self, String> {
        let unusable = |error| format!("nothing can be written to {}: {error}", path.display());
        fs::create_dir_all(path).map_err(unusable)?;
        let trial = path.join(".writable");
        // As long as a report: an all but full disk is found out now.
        fs::write(&trial, vec![b'.'; 1 << 20]).map_err(unusable)?;
        fs::remove_file(&trial).map_err(unusable)?;
        Ok(Self(path.to_owned()))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The report to compare with: the given one, or the last one here if there is one.
    pub(crate) fn saved(&self, given: Option<&Path>) -> Result<Option<Report>, String> {
        let last = self.0.join(JSON);
        let path = match given {
            Some(path) => path,
            None if last.exists() => &last,
            None => return Ok(None),
        };
        let text = fs::read_to_string(path)
            .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        match serde_json::from_str(&text) {
            Ok(saved) => Ok(Some(saved)),
            // One that was asked for must be there; the last one may be of another version.
            Err(error) if given.is_some() => {
                Err(format!("{} is not a report: {error}", path.display()))
            }
            Err(_) => Ok(None),
        }
    }

    pub(crate) fn write(&self, report: &Report, document: &str) -> Result<(), String> {
        let json = serde_json::to_string_pretty(report).map_err(|error| error.to_string())?;
        self.put(JSON, &json)?;
        self.put("report.md", document)?;
        for (name, svg) in pictures::of(report)? {
            self.put(name, &svg)?;
        }
        Ok(())
    }

    fn put(&self, name: &str, text: &str) -> Result<(), String> {
        let path = self.0.join(name);
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
    }
}

const JSON: &str = "report.json";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_cannot_be_is_told_by_name() {
        let complaint = Folder::prepare(Path::new("/dev/null/report")).err().unwrap();

        assert!(complaint.contains("/dev/null/report"), "{complaint}");
    }

    #[test]
    fn a_saved_report_that_was_asked_for_must_be_one() {
        let folder = Folder(PathBuf::from("/nowhere"));

        let complaint = folder.saved(Some(Path::new("/dev/null"))).err().unwrap();

        assert!(complaint.contains("is not a report"), "{complaint}");
        assert!(folder.saved(None).unwrap().is_none());
    }
}
