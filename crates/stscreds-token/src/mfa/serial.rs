use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use stscreds_core::{Error, ErrorKind};

/// The serial number of an MFA device: the ARN of a virtual one,
/// `arn:aws:iam::111122223333:mfa/alice`, or the number on a hardware one,
/// `GAHT12345678`.
///
/// 9 to 256 characters of `A-Za-z0-9_+=/:,.@-`, as
/// [STS has it](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MfaSerial(Arc<str>);

impl MfaSerial {
    /// The serial number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for MfaSerial {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl TryFrom<&str> for MfaSerial {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self, Error> {
        text.parse()
    }
}

impl TryFrom<String> for MfaSerial {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl FromStr for MfaSerial {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=/:,.@-".contains(c);
        if !(9..=256).contains(&text.len()) || !text.chars().all(allowed) {
            let start: String = text.chars().take(MAX_SHOWN).collect();
            let tail = if start.len() < text.len() { " .." } else { "" };
            let what = format!(
                "the MFA serial {start:?}{tail} is not 9 to 256 characters of A-Z, a-z, 0-9 and _+=/:,.@-"
            );
            return Err(Error::new(ErrorKind::InvalidConfiguration, what));
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for MfaSerial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Longer than any serial that one meets, short enough for a line of a log.
const MAX_SHOWN: usize = 120;

#[cfg(test)]
mod tests {
    use super::*;

    /// Found by fuzzing: each control character is six characters when it is shown.
    #[test]
    fn the_error_about_a_page_of_noise_is_a_line() {
        let error = "\u{10}".repeat(5_000).parse::<MfaSerial>().unwrap_err();

        let shown = error.to_string();
        assert!(shown.len() < 1_000 && shown.contains(" .. is not 9 to 256"), "{shown}");
    }

    #[test]
    fn limits_are_those_of_sts() {
        for right in
            ["0123456789", "GAHT12345", "arn:aws:iam::111122223333:mfa/alice@x", &"x".repeat(256)]
        {
            assert_eq!(right.parse::<MfaSerial>().unwrap().as_str(), right);
        }
        for wrong in ["", "12345678", &"x".repeat(257), "arn:aws:iam::1:mfa/ü", "with a space"] {
            assert_eq!(
                wrong.parse::<MfaSerial>().unwrap_err().kind(),
                ErrorKind::InvalidConfiguration
            );
        }
    }
}
