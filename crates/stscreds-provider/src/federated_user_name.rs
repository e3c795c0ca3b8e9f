use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use stscreds_core::{Error, ErrorKind};

use crate::arn::excerpt;
use crate::session_name::is_name_character;

/// The name of a federated user, which shows in `CloudTrail` and in the ARN of the
/// session.
///
/// 2 to 32 characters of `A-Za-z0-9_+=,.@-`, as
/// [STS has it](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FederatedUserName(Arc<str>);

impl FederatedUserName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FederatedUserName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if !(2..=32).contains(&text.len()) || !text.chars().all(is_name_character) {
            let what = format!(
                "the federated user name {} is not 2 to 32 characters of A-Z, a-z, 0-9 and _+=,.@-",
                excerpt(text)
            );
            return Err(Error::new(ErrorKind::InvalidConfiguration, what));
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for FederatedUserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_sts() {
        for right in ["bo", "bob@example.com", &"x".repeat(32)] {
            assert_eq!(right.parse::<FederatedUserName>().unwrap().as_str(), right);
        }
        for wrong in ["", "b", &"x".repeat(33), "bøb", "with space", "a/b"] {
            assert_eq!(
                wrong.parse::<FederatedUserName>().unwrap_err().kind(),
                ErrorKind::InvalidConfiguration
            );
        }
    }
}
