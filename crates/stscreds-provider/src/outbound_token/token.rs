use std::fmt;

use stscreds_core::{Error, ErrorKind, Expires, SecretString, Timestamp};
use stscreds_token::IdentityToken;

/// A token of `GetWebIdentityToken`, in which AWS says who the caller is.
///
/// Cheap to clone, wiped on drop, masked in `Debug`.
#[derive(Clone)]
pub struct OutboundToken {
    token: IdentityToken,
    expires_at: Timestamp,
}

impl OutboundToken {
    /// The token of a response of STS, `WebIdentityToken` and `Expiration`.
    ///
    /// STS gives the expiry to the millisecond and the claim `exp` in whole seconds. The
    /// earlier of them counts: a verifier reads the claim.
    ///
    /// # Errors
    ///
    /// [`MalformedResponse`](ErrorKind::MalformedResponse) if a member is missing, and
    /// [`IdentityTokenTooLarge`](ErrorKind::IdentityTokenTooLarge) for a token of more than
    /// [20,000 characters](IdentityToken::MAX_CHARS), which many long tags can make of it.
    pub fn from_answer(
        token: Option<SecretString>,
        expiration: Option<Timestamp>,
    ) -> Result<Self, Error> {
        let malformed =
            |what: &str| Error::new(ErrorKind::MalformedResponse, format!("{ANSWER} {what}"));
        let token = token.filter(|token| !token.expose().is_empty());
        let token = token.ok_or_else(|| malformed("lacks WebIdentityToken"))?;
        let expiration = expiration.ok_or_else(|| malformed("lacks Expiration"))?;
        let token = IdentityToken::parse(token).map_err(|error| match error.kind() {
            ErrorKind::IdentityTokenTooLarge => error.with_context("GetWebIdentityToken"),
            _ => malformed("has an unusable token").with_source(error),
        })?;
        let expires_at = token.expires_at().map_or(expiration, |claim| claim.min(expiration));
        Ok(Self { token, expires_at })
    }

    /// The token, to be handed to the service that it is for.
    #[must_use]
    pub fn identity_token(&self) -> &IdentityToken {
        &self.token
    }
}

/// When the service that the token is for stops accepting it.
impl Expires for OutboundToken {
    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

impl From<OutboundToken> for IdentityToken {
    fn from(token: OutboundToken) -> Self {
        token.token
    }
}

impl fmt::Debug for OutboundToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboundToken")
            .field("token", &self.token)
            .field("expires_at", &self.expires_at)
            .finish()
    }
}

const ANSWER: &str = "the response to GetWebIdentityToken";

#[cfg(test)]
mod tests {
    use super::*;

    /// `{"exp":1900000000}` between two parts that nobody reads.
    const JWT: &str = "e30.eyJleHAiOjE5MDAwMDAwMDB9.e30";

    fn answer(token: Option<&str>, expiration: Option<&str>) -> Result<OutboundToken, Error> {
        let expiration = expiration.map(|at| at.parse().unwrap());
        OutboundToken::from_answer(token.map(SecretString::from), expiration)
    }

    #[test]
    fn the_earlier_of_response_and_claim_counts_to_the_millisecond() {
        let claim = Timestamp::from_unix_seconds(1_900_000_000);
        for (expiration, wanted) in [
            ("2030-03-17T17:46:40.507Z", claim),
            ("2030-03-17T17:46:39.507Z", "2030-03-17T17:46:39.507Z".parse().unwrap()),
        ] {
            let token = answer(Some(JWT), Some(expiration)).unwrap();
            assert_eq!(token.expires_at(), Some(wanted));
        }
        let opaque = answer(Some("opaque"), Some("2030-03-17T17:46:40.641Z")).unwrap();
        assert_eq!(opaque.expires_at(), Some("2030-03-17T17:46:40.641Z".parse().unwrap()));
    }

    #[test]
    fn what_lacks_a_member_is_malformed() {
        let at = Some("2030-03-17T17:46:40.507Z");
        for (token, expiration) in [(None, at), (Some(""), at), (Some(" "), at), (Some(JWT), None)]
        {
            let error = answer(token, expiration).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::MalformedResponse);
        }
    }

    #[test]
    fn a_token_that_no_retriever_hands_on_is_too_large() {
        let at = Some("2030-03-17T17:46:40.507Z");
        assert!(answer(Some(&"x".repeat(20_000)), at).is_ok());
        let error = answer(Some(&"x".repeat(20_001)), at).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::IdentityTokenTooLarge);
    }

    #[test]
    fn debug_masks_the_token() {
        let token = answer(Some("planted"), Some("2030-03-17T17:46:40Z")).unwrap();
        assert!(!format!("{token:?}").contains("planted"), "{token:?}");
    }
}
