use std::fmt;
use std::str::FromStr;

use stscreds_core::{Error, ErrorKind, SecretString};

/// A one-time code of an MFA device: six digits.
///
/// Masked in `Debug`, wiped on drop.
#[derive(Clone)]
pub struct MfaCode(SecretString);

impl MfaCode {
    /// Takes six ASCII digits, white space around them trimmed.
    ///
    /// Neither more nor fewer:
    /// [STS fixes the length](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html),
    /// and to refuse anything else here keeps what may be a mistyped secret off
    /// the wire.
    ///
    /// # Errors
    ///
    /// [`MfaCodeUnavailable`](ErrorKind::MfaCodeUnavailable), without the text.
    pub fn parse(text: impl Into<SecretString>) -> Result<Self, Error> {
        let text = text.into();
        let digits = text.expose().trim();
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Error::new(ErrorKind::MfaCodeUnavailable, "an MFA code is six digits"));
        }
        Ok(Self(digits.into()))
    }

    /// The digits, for the one place that sends them.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl FromStr for MfaCode {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl fmt::Debug for MfaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MfaCode").field(&self.0).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_ascii_digits_are_a_code_and_nothing_else_is() {
        assert_eq!(MfaCode::parse(" 012345\n").unwrap().expose(), "012345");
        for wrong in
            ["", "12345", "1234567", "00000000000000000000", "12345a", "１２３４５６", "123 456"]
        {
            let error = MfaCode::parse(wrong).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::MfaCodeUnavailable);
            assert!(wrong.is_empty() || !format!("{error:?}").contains(wrong));
        }
    }

    #[test]
    fn debug_masks_the_digits() {
        assert!(!format!("{:?}", MfaCode::parse("735911").unwrap()).contains("735911"));
    }
}
