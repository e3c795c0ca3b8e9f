use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use stscreds_core::{Error, ErrorKind};

/// Whom an outbound token is for: what its claim `aud` says.
///
/// 1 to 1,000 characters, as
/// [GetWebIdentityToken has it](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html).
/// The service that verifies the token says which text it wants.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenAudience(Arc<str>);

impl TokenAudience {
    /// The audience as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TokenAudience {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let length = text.chars().count();
        if (1..=1000).contains(&length) {
            return Ok(Self(text.into()));
        }
        let what = format!("an audience of {length} characters is not within 1 to 1000");
        Err(Error::new(ErrorKind::InvalidConfiguration, what))
    }
}

impl fmt::Display for TokenAudience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_sts() {
        for right in ["a", "https://vault.example", &"é".repeat(1000)] {
            assert_eq!(right.parse::<TokenAudience>().unwrap().as_str(), right);
        }
        for wrong in ["", &"é".repeat(1001)] {
            let error = wrong.parse::<TokenAudience>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
        }
    }
}
