use std::fmt;
use std::sync::Arc;

use stscreds_core::{Error, ErrorKind, SecretString};

/// A SAML response in base64, in which an identity provider says who somebody is.
///
/// Cheap to clone, wiped on drop, masked in `Debug`.
#[derive(Clone)]
pub struct SamlAssertion(Arc<SecretString>);

impl SamlAssertion {
    /// The longest assertion that
    /// [STS accepts](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html),
    /// in characters of base64.
    pub const MAX_CHARS: usize = 100_000;

    /// Takes the text for an assertion, white space around it trimmed.
    ///
    /// Whether it is valid base64 and a valid response is for STS to say.
    ///
    /// # Errors
    ///
    /// [`IdentityTokenEmpty`](ErrorKind::IdentityTokenEmpty),
    /// [`IdentityTokenTooLarge`](ErrorKind::IdentityTokenTooLarge), and
    /// [`IdentityTokenMalformed`](ErrorKind::IdentityTokenMalformed) for fewer than 4
    /// characters and for XML that was not put into base64.
    pub fn parse(text: impl Into<SecretString>) -> Result<Self, Error> {
        let text = text.into();
        let trimmed = text.expose().trim();
        let refused = |kind, what| Err(Error::new(kind, what));
        if trimmed.is_empty() {
            return refused(ErrorKind::IdentityTokenEmpty, "the SAML assertion is empty");
        }
        if trimmed.starts_with('<') {
            let what = "the SAML assertion is XML and not yet in base64";
            return refused(ErrorKind::IdentityTokenMalformed, what);
        }
        if trimmed.len() < MIN_CHARS {
            let what = "the SAML assertion has fewer than 4 characters";
            return refused(ErrorKind::IdentityTokenMalformed, what);
        }
        if trimmed.chars().nth(Self::MAX_CHARS).is_some() {
            let what = "the SAML assertion has more than 100000 characters";
            return refused(ErrorKind::IdentityTokenTooLarge, what);
        }
        let text = if trimmed.len() == text.expose().len() { text } else { trimmed.into() };
        Ok(Self(Arc::new(text)))
    }

    /// The assertion itself, for the one place that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// The shortest that STS accepts.
const MIN_CHARS: usize = 4;

impl fmt::Debug for SamlAssertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SamlAssertion").field(&self.0).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_refused(text: &str, kind: ErrorKind) {
        let error = SamlAssertion::parse(text).unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(!format!("{error:?}").contains("planted"), "{error:?}");
    }

    #[test]
    fn what_sts_cannot_take_is_refused_by_kind() {
        check_refused(" \n", ErrorKind::IdentityTokenEmpty);
        check_refused("<samlp:Response>planted", ErrorKind::IdentityTokenMalformed);
        check_refused("abc", ErrorKind::IdentityTokenMalformed);
        check_refused(&"x".repeat(100_001), ErrorKind::IdentityTokenTooLarge);
        assert!(SamlAssertion::parse("x".repeat(100_000)).is_ok());
        assert!(SamlAssertion::parse("abcd").is_ok());
    }

    #[test]
    fn white_space_is_trimmed_and_debug_masks_the_rest() {
        let assertion = SamlAssertion::parse(" planted\n").unwrap();

        assert_eq!(assertion.expose(), "planted");
        assert_eq!(format!("{assertion:?}"), "SamlAssertion(**redacted**)");
    }
}
