use std::path::{Path, PathBuf};

use stscreds::aws_sdk::Environment;

/// Where the directory of the sessions is, or why it is missing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Location {
    At(PathBuf),
    Nowhere(String),
}

impl Location {
    /// `$XDG_CACHE_HOME/stscreds`, or `.cache/stscreds` below the home; on Windows
    /// `stscreds` below `LOCALAPPDATA`.
    ///
    /// A relative `XDG_CACHE_HOME` is ignored, as its
    /// [specification](https://specifications.freedesktop.org/basedir-spec/latest/) says.
    pub(crate) fn of(environment: &Environment) -> Self {
        let absolute = |name| environment.get(name).map(Path::new).filter(|p| p.is_absolute());
        let cache = absolute("XDG_CACHE_HOME").or_else(|| absolute("LOCALAPPDATA"));
        if let Some(cache) = cache {
            return Self::At(cache.join("stscreds"));
        }
        match absolute("HOME") {
            Some(home) if home.parent().is_none() => {
                Self::Nowhere("HOME is the root directory".to_owned())
            }
            Some(home) => Self::At(home.join(".cache").join("stscreds")),
            None => Self::Nowhere("HOME is not set".to_owned()),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[track_caller]
    fn check(variables: &[(&str, &str)], expected: &str) {
        let environment: Environment = variables.iter().copied().collect();
        let found = match Location::of(&environment) {
            Location::At(path) => path.display().to_string(),
            Location::Nowhere(why) => why,
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn the_directory_is_below_the_cache_or_the_home() {
        check(&[("HOME", "/home/al")], "/home/al/.cache/stscreds");
        check(&[("HOME", "/home/al"), ("XDG_CACHE_HOME", "/c")], "/c/stscreds");
        check(&[("HOME", "/home/al"), ("XDG_CACHE_HOME", "c")], "/home/al/.cache/stscreds");
        check(&[("HOME", "/")], "HOME is the root directory");
        check(&[("HOME", "")], "HOME is not set");
        check(&[], "HOME is not set");
    }
}
