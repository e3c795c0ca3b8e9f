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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionName(Arc<str>);

impl SessionName {
    /// A name that no other provider has: `stscreds-` and 16 random letters and
    /// digits.
    #[must_use]
    pub fn unique() -> Self {
        let tail: String = (0..16).map(|_| fastrand::alphanumeric()).collect();
        Self(format!("stscreds-{tail}").into())
    }

    /// A valid name made from any text, such as the name of a user or of a job, and what
    /// was changed.
    ///
    /// Characters that STS does not accept become hyphens. What is longer than 64
    /// characters is cut off, and what is shorter than two is filled with hyphens. Two
    /// texts can yield one name.
    ///
    /// ```
    /// use stscreds_provider::SessionName;
    ///
    /// let made = SessionName::sanitized("Zoë Müller (CI)");
    ///
    /// assert_eq!(made.name.as_str(), "Zo--M-ller--CI-");
    /// assert_eq!(made.replaced, ['ë', ' ', 'ü', '(', ')']);
    /// ```
    #[must_use]
    pub fn sanitized(text: &str) -> SanitizedName {
        let mut replaced = Vec::new();
        let mut name = String::new();
        let mut characters = text.chars();
        for c in characters.by_ref().take(MAX_CHARS) {
            let valid = is_name_character(c);
            if !valid && !replaced.contains(&c) {
                replaced.push(c);
            }
            name.push(if valid { c } else { '-' });
        }
        let cut = characters.count();
        while name.len() < MIN_CHARS {
            name.push('-');
        }
        SanitizedName { name: Self(name.into()), replaced, cut }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name made by [`SessionName::sanitized`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SanitizedName {
    /// The name.
    pub name: SessionName,
    /// Each character that became a hyphen, once.
    pub replaced: Vec<char>,
    /// How many characters were cut off at the end.
    pub cut: usize,
}

const MIN_CHARS: usize = 2;
const MAX_CHARS: usize = 64;

impl FromStr for SessionName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if !(MIN_CHARS..=MAX_CHARS).contains(&text.len()) || !text.chars().all(is_name_character) {
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
    fn every_text_yields_a_valid_name_and_a_valid_one_itself() {
        let long = "é".repeat(70);
        for text in ["", "é", "a", " ", "a/b:c", "\u{0}\n", "x@y", &long, &"x".repeat(65)] {
            let made = SessionName::sanitized(text);
            assert_eq!(made.name.as_str().parse::<SessionName>().unwrap(), made.name, "{text:?}");
        }
        let valid = SessionName::sanitized("a.b@c-d_e+f=g,h");
        assert_eq!(
            (valid.name.as_str(), valid.replaced, valid.cut),
            ("a.b@c-d_e+f=g,h", vec![], 0)
        );
        let cut = SessionName::sanitized(&long);
        assert_eq!((cut.name.as_str().len(), cut.replaced, cut.cut), (64, vec!['é'], 6));
    }

    #[test]
    fn unique_names_are_valid_and_differ() {
        let (one, other) = (SessionName::unique(), SessionName::unique());

        assert_ne!(one, other);
        assert!(one.as_str().starts_with("stscreds-"), "{one}");
        assert!(one.as_str().parse::<SessionName>().is_ok());
    }
}
