use std::collections::BTreeMap;
use std::fmt;

use stscreds_core::SecretString;

use crate::inlet::trimmed;

/// Environment variables as a value.
///
/// What reads the environment takes one of these, so that a test or a server that
/// hosts several configurations gives its own. `Debug` shows names and no values.
///
/// ```
/// use stscreds_profile::Environment;
///
/// let environment: Environment = [("AWS_PROFILE", "deploy")].into_iter().collect();
///
/// assert_eq!(environment.get("AWS_PROFILE"), Some("deploy"));
/// ```
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, SecretString>);

impl Environment {
    /// The environment of this process, as it is now.
    ///
    /// Variables that are not UTF-8 count as not set.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn of_this_process() -> Self {
        let utf8 = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        std::env::vars_os().filter_map(utf8).collect()
    }

    /// The variable of this name, without white space and line ends around it.
    ///
    /// `None` if nothing is left, which is the same as not set. Secrets that were mounted
    /// or written by `echo` end with a line end.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| trimmed(value.expose())).filter(|value| !value.is_empty())
    }

    /// The first of these variables that is set.
    pub(crate) fn first_of(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.get(name))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        let kept = |(name, value): (N, V)| (name.into(), SecretString::from(value.into()));
        Self(variables.into_iter().map(kept).collect())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_is_not_set() {
        let variables = [("A", ""), ("B", " b\r\n"), ("C", " \n")];
        let environment: Environment = variables.into_iter().collect();

        assert_eq!(environment.first_of(&["A", "B"]), Some("b"));
        assert_eq!((environment.get("A"), environment.get("C")), (None, None));
    }

    #[test]
    fn debug_shows_names_and_no_values() {
        let environment: Environment = [("AWS_SECRET_ACCESS_KEY", "planted")].into_iter().collect();

        assert_eq!(format!("{environment:?}"), r#"["AWS_SECRET_ACCESS_KEY"]"#);
    }

    #[test]
    fn this_process_has_a_path() {
        assert!(Environment::of_this_process().get("PATH").is_some());
    }
}
