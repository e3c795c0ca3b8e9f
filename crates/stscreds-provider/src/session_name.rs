use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use stscreds_core::{Error, ErrorKind};

use crate::arn::excerpt;

/// The name of a role session, which shows in `CloudTrail` and in the ARN of the
/// session.
///
/// 2 to 64 characters of `A-Za-z0-9_+=,.@-`, as
/// [STS has it](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionName(Arc<str>);

impl SessionName {
    /// A name that no other provider has: `stscreds-` and 16 random letters and
    /// digits.
    #[must_use]
    pub fn unique() -> Self {
        let tail: String = (0..16).map(|_| fastrand::alphanumeric()).collect();
        Self(format!("stscreds-{tail}").into())
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SessionName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if !(2..=64).contains(&text.len()) || !text.chars().all(is_name_character) {
            let what = format!(
                "the session name {} is not 2 to 64 characters of A-Z, a-z, 0-9 and _+=,.@-",
                excerpt(text)
            );
            return Err(Error::new(ErrorKind::InvalidConfiguration, what));
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for SessionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The class `[\w+=,.@-]` of the STS model, in which `\w` is ASCII.
pub(crate) fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_+=,.@-".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_sts() {
        for right in ["ab", "a.b@c-d_e+f=g,h", &"x".repeat(64)] {
            assert_eq!(right.parse::<SessionName>().unwrap().as_str(), right);
        }
        for wrong in ["", "a", &"x".repeat(65), "é2", "with space", "a/b", "a:b"] {
            assert_eq!(
                wrong.parse::<SessionName>().unwrap_err().kind(),
                ErrorKind::InvalidConfiguration
            );
        }
    }

    #[test]
    fn unique_names_are_valid_and_differ() {
        let (one, other) = (SessionName::unique(), SessionName::unique());

        assert_ne!(one, other);
        assert!(one.as_str().starts_with("stscreds-"), "{one}");
        assert!(one.as_str().parse::<SessionName>().is_ok());
    }
}
