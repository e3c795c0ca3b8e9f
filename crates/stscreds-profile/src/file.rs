use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use stscreds_core::{Error, ErrorKind, SecretString};

use crate::bounded_file::read_bounded;
use crate::environment::Environment;

/// A configuration file as a value: where it is and what it says.
///
/// `Debug` shows the path alone.
#[derive(Clone)]
pub struct ProfileFile {
    path: PathBuf,
    text: SecretString,
}

impl ProfileFile {
    /// A file of this text; the path appears in errors and is not looked at.
    pub fn new(path: impl Into<PathBuf>, text: impl Into<SecretString>) -> Self {
        Self { path: path.into(), text: text.into() }
    }

    /// Reads a file; `None` for a missing one, which is not a mistake.
    ///
    /// A device such as `/dev/null` is no file either: that is how people say that
    /// there shall be none.
    ///
    /// # Errors
    ///
    /// [`InvalidConfiguration`](ErrorKind::InvalidConfiguration) for a directory or a
    /// named pipe, for a file that may not be read, has more than 4 MiB or is not UTF-8.
    pub fn read(path: impl Into<PathBuf>) -> Result<Option<Self>, Error> {
        let path = path.into();
        match read_text(&path) {
            Ok(text) => Ok(text.map(|text| Self { path, text })),
            Err(Unreadable { what, source }) => {
                let what = format!("the configuration file {} {what}", path.display());
                let error = Error::new(ErrorKind::InvalidConfiguration, what);
                Err(match source {
                    Some(source) => error.with_source(source),
                    None => error,
                })
            }
        }
    }

    /// Where the configuration file is: `AWS_CONFIG_FILE`, or `~/.aws/config`; `None`
    /// without a home.
    #[must_use]
    pub fn config_path(environment: &Environment) -> Option<PathBuf> {
        location(environment, "AWS_CONFIG_FILE", "config")
    }

    /// Where the credentials file is: `AWS_SHARED_CREDENTIALS_FILE`, or
    /// `~/.aws/credentials`; `None` without a home.
    #[must_use]
    pub fn credentials_path(environment: &Environment) -> Option<PathBuf> {
        location(environment, "AWS_SHARED_CREDENTIALS_FILE", "credentials")
    }

    /// The path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn text(&self) -> &str {
        self.text.expose()
    }
}

impl fmt::Debug for ProfileFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ProfileFile").field(&self.path).finish()
    }
}

/// Where the environment says that a file of AWS is, `~` and variables replaced.
fn location(environment: &Environment, variable: &str, name: &str) -> Option<PathBuf> {
    let home = environment.first_of(&["HOME", "USERPROFILE"]);
    match environment.get(variable) {
        Some(path) => {
            let path = with_variables(path, environment);
            match (path.strip_prefix('~'), home) {
                (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with(['/', '\\']) => {
                    Some(format!("{home}{rest}").into())
                }
                _ => Some(path.into()),
            }
        }
        None => home.map(|home| Path::new(home).join(".aws").join(name)),
    }
}

/// `$NAME` and `${NAME}` replaced by what they are set to, as `os.path.expandvars` of
/// Python does; what is not set stays as it is.
fn with_variables(path: &str, environment: &Environment) -> String {
    let mut result = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('$') {
        result.push_str(before);
        let braced = after.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        let bare = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let (name, behind) = braced.unwrap_or_else(|| after.split_at(bare.unwrap_or(after.len())));
        match environment.get(name) {
            Some(value) => {
                result.push_str(value);
                rest = behind;
            }
            None => {
                result.push('$');
                rest = after;
            }
        }
    }
    result + rest
}

struct Unreadable {
    what: String,
    source: Option<io::Error>,
}

/// Far more than anybody's profiles, and far less than the memory of a machine.
const MAX_BYTES: usize = 4 * 1024 * 1024;

fn read_text(path: &Path) -> Result<Option<SecretString>, Unreadable> {
    let unreadable =
        |what: &str, source| Unreadable { what: what.to_owned(), source: Some(source) };
    let refused = |what: String| Err(Unreadable { what, source: None });
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(unreadable("cannot be accessed", error)),
    };
    if metadata.is_dir() {
        return refused("is a directory".to_owned());
    }
    if !metadata.is_file() {
        // Before opening: to open a named pipe that nobody writes to would never return.
        return if is_device(&metadata) {
            Ok(None)
        } else {
            refused("is not a regular file".to_owned())
        };
    }
    let bytes = File::open(path)
        .and_then(|file| read_bounded(file, MAX_BYTES))
        .map_err(|error| unreadable("cannot be read", error))?;
    if bytes.len() > MAX_BYTES {
        return refused("has more than 4 MiB".to_owned());
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return refused("is UTF-16; save it as UTF-8".to_owned());
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Some(text.into())),
        Err(invalid) => {
            let before = bytes.get(..invalid.valid_up_to()).unwrap_or_default();
            let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
            refused(format!("is not UTF-8, line {line}"))
        }
    }
}

#[cfg(unix)]
fn is_device(metadata: &fs::Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_char_device(&metadata.file_type())
}

#[cfg(not(unix))]
fn is_device(_: &fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_location(variables: &[(&str, &str)], expected: Option<&str>) {
        let environment: Environment = variables.iter().copied().collect();
        let found = location(&environment, "AWS_CONFIG_FILE", "config");
        assert_eq!(found.as_deref(), expected.map(Path::new));
    }

    #[test]
    fn the_environment_says_where_a_file_is() {
        check_location(&[], None);
        check_location(&[("HOME", "/home/al")], Some("/home/al/.aws/config"));
        check_location(&[("HOME", "/h"), ("AWS_CONFIG_FILE", "/etc/aws")], Some("/etc/aws"));
        check_location(&[("HOME", "/h"), ("AWS_CONFIG_FILE", "~/x")], Some("/h/x"));
        check_location(&[("HOME", "/h"), ("AWS_CONFIG_FILE", "~bob/x")], Some("~bob/x"));
        check_location(&[("AWS_CONFIG_FILE", "~/x")], Some("~/x"));
        check_location(&[("D", "/d"), ("AWS_CONFIG_FILE", "$D/${D}x/$E/${")], Some("/d//dx/$E/${"));
        check_location(&[("HOME", "/h"), ("AWS_CONFIG_FILE", "")], Some("/h/.aws/config"));
    }

    #[test]
    fn debug_shows_the_path_and_nothing_of_the_text() {
        let file = ProfileFile::new("/etc/aws", "[default]\naws_secret_access_key = planted");

        assert_eq!(format!("{file:?}"), r#"ProfileFile("/etc/aws")"#);
    }
}
