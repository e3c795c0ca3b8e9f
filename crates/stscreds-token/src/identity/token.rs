use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use stscreds_core::{Error, ErrorKind, Expires, SecretString, SessionKey, Timestamp};
use zeroize::Zeroizing;

use super::jwt;

/// A token in which an identity provider says who somebody is: usually an OIDC
/// ID token, a JWT.
///
/// Cheap to clone, wiped on drop, masked in `Debug`.
#[derive(Clone)]
pub struct IdentityToken(Arc<Parsed>);

struct Parsed {
    /// As it came, with white space around the token.
    text: SecretString,
    token: Range<usize>,
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
        let start = text.expose().len() - text.expose().trim_start().len();
        let token = start..start + trimmed.len();
        Ok(Self(Arc::new(Parsed { text, token, expires_at })))
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
            Ok(text) => Self::parse(text),
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
        let Parsed { text, token, .. } = &*self.0;
        text.expose().get(token.clone()).unwrap_or_default()
    }

    /// The text that the token was taken from, with the white space around it.
    #[must_use]
    pub fn verbatim(&self) -> &str {
        self.0.text.expose()
    }

    /// What tells the session for this token from that for another one: the token
    /// itself, as two that name one subject may differ in claims that a trust policy
    /// or session tags are made of.
    #[must_use]
    pub fn session_key(&self) -> SessionKey {
        SessionKey::builder("IdentityToken").part("Token", self.expose()).build()
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
        let token = IdentityToken::parse(" token\r\n").unwrap();

        assert_eq!((token.expose(), token.verbatim()), ("token", " token\r\n"));
        assert_eq!(token.session_key(), IdentityToken::parse("token").unwrap().session_key());
        assert_ne!(token.session_key(), IdentityToken::parse("other").unwrap().session_key());
    }

    #[test]
    fn debug_masks_the_token() {
        let shown = format!("{:?}", IdentityToken::parse("planted").unwrap());

        assert_eq!(shown, "IdentityToken(**redacted**)");
    }
}
