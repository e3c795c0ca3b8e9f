use std::fs;
use std::path::Path;

use crate::answers::Report;

/// The report to compare with: the given one, or the last one if there is one.
pub(crate) fn report(given: Option<&Path>, last: &Path) -> Result<Option<Report>, String> {
    let path = match given {
        Some(path) => path,
        None if last.exists() => last,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_report_that_was_asked_for_must_be_one() {
        let nowhere = Path::new("/nowhere/report.json");

        let complaint = report(Some(Path::new("/dev/null")), nowhere).err().unwrap();

        assert!(complaint.contains("is not a report"), "{complaint}");
        assert!(report(None, nowhere).unwrap().is_none());
    }
}
