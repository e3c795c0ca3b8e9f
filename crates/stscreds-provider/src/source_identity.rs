use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use stscreds_core::{Error, ErrorKind};

use crate::arn::excerpt;
use crate::session_name::is_name_character;

/// Who is behind a role session, kept through every role that is chained to it.
///
/// At least 2 characters of `A-Za-z0-9_+=,.@-`. STS documents 64 at most and has
/// been seen to take 256: beyond that it is refused here, in between STS decides.
/// See [source identity](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceIdentity(Arc<str>);

impl SourceIdentity {
    /// The identity as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SourceIdentity {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if !(2..=256).contains(&text.len()) || !text.chars().all(is_name_character) {
            let what = format!(
                "the source identity {} is not 2 to 256 characters of A-Z, a-z, 0-9 and _+=,.@-",
                excerpt(text)
            );
            return Err(Error::new(ErrorKind::InvalidConfiguration, what));
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for SourceIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_that_sts_has_been_seen_to_take() {
        for right in ["ab", "alice@example.com", &"x".repeat(64), &"x".repeat(256)] {
            assert_eq!(right.parse::<SourceIdentity>().unwrap().as_str(), right);
        }
        for wrong in ["", "a", &"x".repeat(257), "ålice", "with space", "aws:alice"] {
            assert_eq!(
                wrong.parse::<SourceIdentity>().unwrap_err().kind(),
                ErrorKind::InvalidConfiguration
            );
        }
    }
}
