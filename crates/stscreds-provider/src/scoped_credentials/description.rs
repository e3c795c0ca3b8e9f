use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use stscreds_core::{Error, ErrorKind};

/// What scoped credentials are for, as CloudTrail records it: 2 to 256 characters.
///
/// Not a secret: it is in the logs of the account. See
/// [GetScopedCredentials](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopedSessionDescription(Arc<str>);

impl ScopedSessionDescription {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ScopedSessionDescription {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refused = |what| Err(Error::new(ErrorKind::InvalidConfiguration, what));
        let length = text.chars().count();
        if !(2..=256).contains(&length) {
            return refused(format!(
                "a scoped session description of {length} characters is not within 2 to 256"
            ));
        }
        // The model's class: white space, ASCII that is printed, and U+00A1 to U+00FF.
        let is_allowed =
            |c: &char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{7e}' | '\u{a1}'..='\u{ff}');
        match text.chars().find(|c| !is_allowed(c)) {
            Some(odd) => refused(format!(
                "the scoped session description contains {odd:?}, which STS does not accept"
            )),
            None => Ok(Self(text.into())),
        }
    }
}

impl fmt::Display for ScopedSessionDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_sts() {
        for right in ["ab", "agent run 7", "\u{a1}\n", &"x".repeat(256), &"é".repeat(256)] {
            assert_eq!(right.parse::<ScopedSessionDescription>().unwrap().as_str(), right);
        }
        for wrong in ["", "a", "a\u{a0}", "a\u{80}", "a\u{0}", "a€", &"x".repeat(257)] {
            let error = wrong.parse::<ScopedSessionDescription>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidConfiguration, "{wrong:?}");
        }
    }
}
