use std::fmt;
use std::str::FromStr;

use stscreds_core::{Error, ErrorKind, SecretString};

/// What a partner's role asks for, to know on whose behalf it is assumed.
///
/// 2 to 1,224 characters of `A-Za-z0-9_+=,.@:/-`. Masked in `Debug`: it is
/// [no secret to AWS](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html),
/// but partners treat it as one.
#[derive(Clone)]
pub struct ExternalId(SecretString);

impl ExternalId {
    /// The id itself, for the one place that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl FromStr for ExternalId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@:/-".contains(c);
        if !(2..=1224).contains(&text.len()) || !text.chars().all(allowed) {
            return Err(Error::new(
                ErrorKind::InvalidConfiguration,
                "the external id is not 2 to 1224 characters of A-Z, a-z, 0-9 and _+=,.@:/-",
            ));
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Debug for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ExternalId").field(&self.0).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_sts() {
        for right in ["ab", "partner:7/eu", &"x".repeat(1224)] {
            assert_eq!(right.parse::<ExternalId>().unwrap().expose(), right);
        }
        for wrong in ["", "x", &"x".repeat(1225), "with space", "naïve"] {
            assert_eq!(
                wrong.parse::<ExternalId>().unwrap_err().kind(),
                ErrorKind::InvalidConfiguration
            );
        }
    }

    #[test]
    fn it_is_shown_neither_by_debug_nor_by_an_error() {
        let id: ExternalId = "planted-id".parse().unwrap();
        assert!(!format!("{id:?}").contains("planted"));

        let error = "planted id".parse::<ExternalId>().unwrap_err();
        assert!(!format!("{error:?}").contains("planted"));
    }
}
