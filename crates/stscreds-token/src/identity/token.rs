use std::fmt;
use std::sync::Arc;

use stscreds_core::{Error, ErrorKind, Expires, SecretString, Timestamp};
use zeroize::Zeroizing;

use super::jwt;

/// A token in which an identity provider says who somebody is: usually an OIDC
/// ID token, a JWT.
///
/// Cheap to clone, wiped on drop, masked in `Debug`.
#[derive(Clone)]
pub struct IdentityToken(Arc<Parsed>);

struct Parsed {
    text: SecretString,
    expires_at: Option<Timestamp>,
}

impl IdentityToken {
    /// The longest token that
    /// [STS accepts](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html),
    /// in characters.
    pub const MAX_CHARS: usize = 20_000;

    /// Takes the text for a token, white space around it trimmed.
    ///
    /// If it is a JWT its expiry is read, without any verification: that is for
    /// STS. What is not a JWT is accepted too and expires never as far as we know.
    ///
    /// # Errors
    ///
    /// [`IdentityTokenEmpty`](ErrorKind::IdentityTokenEmpty) and
    /// [`IdentityTokenTooLarge`](ErrorKind::IdentityTokenTooLarge).
    pub fn parse(text: impl Into<SecretString>) -> Result<Self, Error> {
        let text = text.into();
        let trimmed = text.expose().trim();
        if trimmed.is_empty() {
            return Err(Error::new(ErrorKind::IdentityTokenEmpty, "the identity token is empty"));
        }
        if trimmed.chars().nth(Self::MAX_CHARS).is_some() {
            return Err(Error::new(
                ErrorKind::IdentityTokenTooLarge,
                "the identity token has more than 20000 characters",
            ));
        }
        let expires_at = jwt::unverified_expiry(trimmed);
        let text = if trimmed.len() == text.expose().len() { text } else { trimmed.into() };
        Ok(Self(Arc::new(Parsed { text, expires_at })))
    }

    /// Takes bytes, of a file for example, for a token.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), and
    /// [`IdentityTokenNotUtf8`](ErrorKind::IdentityTokenNotUtf8).
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, Error> {
        let bytes = Zeroizing::new(bytes);
        match std::str::from_utf8(&bytes) {
            Ok(text) => Self::parse(text.trim()),
            Err(invalid) => {
                let at = invalid.valid_up_to();
                Err(Error::new(
                    ErrorKind::IdentityTokenNotUtf8,
                    format!("the identity token is not UTF-8 at byte {at}"),
                ))
            }
        }
    }

    /// The token itself, for the one place that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.text.expose()
    }
}

/// The `exp` claim of the JWT, unverified.
impl Expires for IdentityToken {
    fn expires_at(&self) -> Option<Timestamp> {
        self.0.expires_at
    }
}

impl fmt::Debug for IdentityToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IdentityToken").field(&self.0.text).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_refused(text: &str, kind: ErrorKind) {
        assert_eq!(IdentityToken::parse(text).unwrap_err().kind(), kind);
    }

    #[test]
    fn empty_and_oversized_tokens_are_refused_by_kind() {
        check_refused("", ErrorKind::IdentityTokenEmpty);
        check_refused(" \n\t", ErrorKind::IdentityTokenEmpty);
        check_refused(&"x".repeat(20_001), ErrorKind::IdentityTokenTooLarge);
        check_refused(&"x".repeat(1_000_000), ErrorKind::IdentityTokenTooLarge);
        assert!(IdentityToken::parse("x".repeat(20_000)).is_ok());
        assert!(IdentityToken::parse("é".repeat(20_000)).is_ok(), "STS counts characters");
    }

    #[test]
    fn bytes_that_are_not_utf8_are_refused_and_not_repeated() {
        let error = IdentityToken::from_bytes(b"planted\xff".to_vec()).unwrap_err();

        assert_eq!(error.kind(), ErrorKind::IdentityTokenNotUtf8);
        assert!(error.to_string().contains("byte 7"), "{error}");
        assert!(!format!("{error} {error:?}").contains("planted"));
    }

    #[test]
    fn white_space_around_a_token_is_not_part_of_it() {
        assert_eq!(IdentityToken::parse(" token\r\n").unwrap().expose(), "token");
    }

    #[test]
    fn debug_masks_the_token() {
        let shown = format!("{:?}", IdentityToken::parse("planted").unwrap());

        assert_eq!(shown, "IdentityToken(**redacted**)");
    }
}
