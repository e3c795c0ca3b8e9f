use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use subtle::ConstantTimeEq as _;

use super::session::{Credentials, Session};
use crate::auth::hmac_sha256;

/// How real session tokens of regional endpoints begin: `IQoJb3JpZ2luX2Vj`, once encoded.
const MARK: &[u8] = b"!\n\torigin_ec";

const MAC: usize = 32;

/// Makes and opens session tokens.
///
/// A token is base64 of a mark, a MAC and the session. The secret of its access key follows from the seal's key and the access key id. So nothing
/// needs to be remembered per session, a token cannot be altered, and a server that is started with the same key honours the tokens of another.
#[derive(Clone)]
pub struct Seal {
    key: [u8; 32],
}

/// The text was not made with this seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it was not issued by this server, or was altered")]
#[non_exhaustive]
pub struct TokenFault;

impl Seal {
    /// A seal with a given key.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// The credentials of a session. The token has at least `minimum_size` bytes.
    #[must_use]
    pub fn issue(&self, session: &Session, minimum_size: usize) -> Credentials {
        Credentials {
            secret_access_key: self.secret_of(&session.access_key_id),
            session_token: self.close(session, minimum_size),
            expiration: Timestamp::from_second(session.expires).unwrap_or(Timestamp::MAX),
            access_key_id: session.access_key_id.clone(),
        }
    }

    /// The session that a token carries.
    ///
    /// # Errors
    ///
    /// When the token was not made with this seal.
    pub fn open(&self, token: &str) -> Result<Session, TokenFault> {
        let bytes = STANDARD.decode(token).map_err(|_| TokenFault)?;
        let sealed = bytes.strip_prefix(MARK).ok_or(TokenFault)?;
        let (mac, session) = sealed.split_at_checked(MAC).ok_or(TokenFault)?;
        if !bool::from(self.mac("token", session).ct_eq(mac)) {
            return Err(TokenFault);
        }
        serde_json::from_slice(session).map_err(|_| TokenFault)
    }

    /// The secret access key that belongs to a temporary access key: 40 characters.
    #[must_use]
    pub fn secret_of(&self, access_key_id: &str) -> String {
        STANDARD.encode(&self.mac("secret", access_key_id.as_bytes())[..30])
    }

    /// Encodes a message that only this seal can decode.
    #[must_use]
    pub fn close_message(&self, message: &str) -> String {
        STANDARD.encode([&self.mac("message", message.as_bytes()), message.as_bytes()].concat())
    }

    /// The message in an encoded one.
    ///
    /// # Errors
    ///
    /// When it was not encoded with this seal.
    pub fn open_message(&self, encoded: &str) -> Result<String, TokenFault> {
        let bytes = STANDARD.decode(encoded).map_err(|_| TokenFault)?;
        let (mac, message) = bytes.split_at_checked(MAC).ok_or(TokenFault)?;
        if !bool::from(self.mac("message", message).ct_eq(mac)) {
            return Err(TokenFault);
        }
        String::from_utf8(message.to_vec()).map_err(|_| TokenFault)
    }

    /// Bytes that are the same for the same purpose, and cannot be told without the key.
    pub(crate) fn bytes_for(&self, purpose: &str) -> [u8; 16] {
        let mac = self.mac("bytes", purpose.as_bytes());
        std::array::from_fn(|at| mac[at])
    }

    fn close(&self, session: &Session, minimum_size: usize) -> String {
        // A session is maps of texts and numbers, which JSON always has a form for; were it not so, the token would open to nothing.
        let mut session = serde_json::to_vec(session).unwrap_or_default();
        let minimum = (minimum_size.div_ceil(4) * 3).saturating_sub(MARK.len() + MAC);
        if session.len() < minimum {
            session.resize(minimum, b' ');
        }
        let mac = self.mac("token", &session);
        STANDARD.encode([MARK, &mac, &session].concat())
    }

    fn mac(&self, purpose: &str, message: &[u8]) -> [u8; MAC] {
        hmac_sha256(&hmac_sha256(&self.key, purpose.as_bytes()), message)
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seal").field("key", &"** redacted **").finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::world::{SessionPolicies, SessionPrincipal};

    fn session() -> Session {
        Session {
            access_key_id: "ASIA3TM7R3RLBCMLQ2A7".to_owned(),
            account: "111122223333".parse().unwrap(),
            principal: SessionPrincipal::Role {
                id: "AROA3TM7R3RLBCMLQ2A7J".to_owned(),
                session_name: "run".to_owned(),
            },
            issued: 1_700_000_000,
            expires: 1_700_003_600,
            mfa_at: Some(1_700_000_000),
            tags: vec![("team".to_owned(), "blue".to_owned())],
            transitive_tag_keys: vec!["team".to_owned()],
            source_identity: Some("alice".to_owned()),
            policies: SessionPolicies::Only { inline: Some("{}".to_owned()), managed: Vec::new() },
            federated_provider: None,
        }
    }

    #[test]
    fn a_token_opens_to_the_session_it_was_made_of() {
        let seal = Seal::new([7; 32]);

        let credentials = seal.issue(&session(), 0);

        assert_eq!(seal.open(&credentials.session_token), Ok(session()));
        assert!(credentials.session_token.starts_with("IQoJb3JpZ2luX2Vj"));
        assert_eq!(credentials.secret_access_key.len(), 40);
        assert_eq!(credentials.secret_access_key, seal.secret_of(&credentials.access_key_id));
    }

    #[test]
    fn another_key_opens_nothing_and_makes_other_secrets() {
        let credentials = Seal::new([7; 32]).issue(&session(), 0);
        let other = Seal::new([8; 32]);

        assert_eq!(other.open(&credentials.session_token), Err(TokenFault));
        assert_ne!(other.secret_of(&credentials.access_key_id), credentials.secret_access_key);
    }

    #[test]
    fn a_token_can_be_asked_to_be_long() {
        let seal = Seal::new([7; 32]);

        let token = seal.issue(&session(), 4096).session_token;

        assert_eq!(token.len(), 4096);
        assert_eq!(seal.open(&token), Ok(session()));
    }

    #[test]
    fn secrets_and_tokens_are_not_printed() {
        let credentials = Seal::new([7; 32]).issue(&session(), 0);

        let printed = format!("{credentials:?} {:?}", Seal::new([7; 32]));

        assert!(
            !printed.contains(&credentials.secret_access_key)
                && !printed.contains(&credentials.session_token)
        );
        assert!(printed.contains("redacted"));
    }

    proptest! {
        #[test]
        fn an_altered_token_opens_to_nothing(at: prop::sample::Index, flip in 1_u8..=255) {
            let seal = Seal::new([7; 32]);
            let token = seal.issue(&session(), 0).session_token;
            let mut bytes = token.clone().into_bytes();
            *at.get_mut(&mut bytes) ^= flip;

            let opened = String::from_utf8(bytes).ok().and_then(|altered| seal.open(&altered).ok());

            prop_assert_eq!(opened, None);
        }

        #[test]
        fn no_text_breaks_the_reader(text: String) {
            prop_assert_eq!(Seal::new([7; 32]).open(&text), Err(TokenFault));
        }
    }
}
