use std::str::FromStr;

use stscreds_core::{Error, ErrorKind};

use crate::SessionPolicy;

/// The policy in JSON that scoped credentials are cut down to: 1 to 2,048 characters.
///
/// They may do what both the session that they are made from and this policy allow.
/// Whether it is a valid policy is for STS to say. To make credentials from scoped ones,
/// their policy must allow `sts:GetScopedCredentials`. See
/// [GetScopedCredentials](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopedPolicy(SessionPolicy);

/// The longest policy, in characters.
const LIMIT: usize = 2048;

impl ScopedPolicy {
    /// The policy as JSON text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl TryFrom<SessionPolicy> for ScopedPolicy {
    type Error = Error;

    fn try_from(policy: SessionPolicy) -> Result<Self, Error> {
        match policy.as_str().chars().count() {
            ..=LIMIT => Ok(Self(policy)),
            length => Err(too_long(length)),
        }
    }
}

impl FromStr for ScopedPolicy {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        // Before it becomes a session policy, which would be logged as a long one.
        match text.chars().count() {
            ..=LIMIT => text.parse().map(Self),
            length => Err(too_long(length)),
        }
    }
}

fn too_long(length: usize) -> Error {
    let what = format!("the policy for scoped credentials has {length} characters, 2048 at most");
    Error::new(ErrorKind::PolicyTooLarge, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_text_of_2048_characters_at_most() {
        let of = |length: usize| format!("{{{}}}", "é".repeat(length - 2));

        assert!(of(2048).parse::<ScopedPolicy>().is_ok());
        assert_eq!(of(2049).parse::<ScopedPolicy>().unwrap_err().kind(), ErrorKind::PolicyTooLarge);
        for wrong in ["", "  ", "{\u{0}}", "{\"€\":1}"] {
            let error = wrong.parse::<ScopedPolicy>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::MalformedPolicy, "{wrong:?}");
        }
    }
}
