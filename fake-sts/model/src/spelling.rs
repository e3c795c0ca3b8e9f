//! What was meant by a name that does not exist.

/// Names further from each other than this are no misspellings of each other (Jaro-Winkler, of 1).
const LIKENESS: f64 = 0.8;

/// The name of these that is the most like another one.
#[must_use]
pub fn meant<'a>(name: &str, among: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    among
        .into_iter()
        .map(|known| (strsim::jaro_winkler(&name, &known.to_lowercase()), known))
        .filter(|(likeness, _)| *likeness > LIKENESS)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known)
}

/// The end of a message about such a name.
#[must_use]
pub fn did_you_mean(meant: Option<&str>) -> String {
    meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, wanted: Option<&str>) {
        assert_eq!(
            meant(name, ["AssumeRole", "AssumeRoot", "GetCallerIdentity"]),
            wanted,
            "{name}"
        );
    }

    #[test]
    fn the_likeliest_name_is_meant() {
        check("AsumeRole", Some("AssumeRole"));
        check("assumerole", Some("AssumeRole"));
        check("AssumeRoots", Some("AssumeRoot"));
        check("GetCalerIdentity", Some("GetCallerIdentity"));
        check("DeleteUser", None);
        check("", None);
    }
}
