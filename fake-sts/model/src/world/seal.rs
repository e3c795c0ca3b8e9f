use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use subtle::ConstantTimeEq as _;

use super::session::{Credentials, Session, TokenVersion};
use crate::identity::hmac_sha256;

/// How real session tokens of regional endpoints begin: `IQoJb3JpZ2luX2Vj`, once encoded.
const MARK: &[u8] = b"!\n\torigin_ec";

/// How those of the global endpoint begin: `FwoGZXIvYXdz`, once encoded.
const MARK_OF_VERSION_1: &[u8] = b"\x17\n\x06er/aws";

const MAC: usize = 32;

/// Makes and opens session tokens.
///
/// A token is base64 of a mark, a MAC, the session and its inline policy. The secret of its access key follows from the seal's key and the access key id. So nothing
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
        let (version, sealed) = match bytes.strip_prefix(MARK) {
            Some(sealed) => (TokenVersion::V2, sealed),
            None => (TokenVersion::V1, bytes.strip_prefix(MARK_OF_VERSION_1).ok_or(TokenFault)?),
        };
        let (mac, content) = sealed.split_at_checked(MAC).ok_or(TokenFault)?;
        if !bool::from(self.mac(purpose(version), content).ct_eq(mac)) {
            return Err(TokenFault);
        }
        let mut parts = content.splitn(2, |byte| *byte == SEPARATOR);
        let session = parts.next().unwrap_or_default();
        let mut session = serde_json::from_slice::<Session>(session).map_err(|_| TokenFault)?;
        if let (Some(policy), Some(inline)) = (parts.next(), session.policies.inline_mut()) {
            let policy = std::str::from_utf8(policy).map_err(|_| TokenFault)?;
            *inline = Some(policy.trim_end_matches(' ').to_owned());
        }
        session.token_version = version;
        Ok(session)
    }

    /// The secret access key that belongs to a temporary access key: 40 characters.
    #[must_use]
    pub fn secret_of(&self, access_key_id: &str) -> String {
        STANDARD.encode(&self.mac("secret", access_key_id.as_bytes())[..30])
    }

    /// Encodes a message that only this seal can decode.
    #[must_use]
    pub fn close_message(&self, message: &str) -> String {
        self.close_text("message", message)
    }

    /// A context assertion that only this seal can open.
    pub(crate) fn close_context(&self, context: &str) -> String {
        self.close_text("context", context)
    }

    /// What is in a context assertion.
    pub(crate) fn open_context(&self, assertion: &str) -> Result<String, TokenFault> {
        self.open_text("context", assertion)
    }

    fn close_text(&self, purpose: &str, text: &str) -> String {
        STANDARD.encode([&self.mac(purpose, text.as_bytes()), text.as_bytes()].concat())
    }

    /// The message in an encoded one.
    ///
    /// # Errors
    ///
    /// When it was not encoded with this seal.
    pub fn open_message(&self, encoded: &str) -> Result<String, TokenFault> {
        self.open_text("message", encoded)
    }

    fn open_text(&self, purpose: &str, encoded: &str) -> Result<String, TokenFault> {
        let bytes = STANDARD.decode(encoded).map_err(|_| TokenFault)?;
        let (mac, text) = bytes.split_at_checked(MAC).ok_or(TokenFault)?;
        if !bool::from(self.mac(purpose, text).ct_eq(mac)) {
            return Err(TokenFault);
        }
        String::from_utf8(text.to_vec()).map_err(|_| TokenFault)
    }

    /// Bytes that are the same for the same purpose, and cannot be told without the key.
    pub fn bytes_for(&self, purpose: &str) -> [u8; 16] {
        let mac = self.mac("bytes", purpose.as_bytes());
        std::array::from_fn(|at| mac[at])
    }

    fn close(&self, session: &Session, minimum_size: usize) -> String {
        let version = session.token_version;
        let mark = match version {
            TokenVersion::V1 => MARK_OF_VERSION_1,
            TokenVersion::V2 => MARK,
        };
        // The policy follows as it is: as a text in JSON, each of its quotes would take two bytes.
        let mut session = session.clone();
        let policy = session.policies.inline_mut().and_then(Option::take);
        // A session is maps of texts and numbers, which JSON always has a form for; were it not so, the token would open to nothing.
        let mut content = serde_json::to_vec(&session).unwrap_or_default();
        if let Some(policy) = policy {
            content.push(SEPARATOR);
            content.extend(policy.bytes());
        }
        let minimum = (minimum_size.div_ceil(4) * 3).saturating_sub(mark.len() + MAC);
        if content.len() < minimum {
            content.resize(minimum, b' ');
        }
        let mac = self.mac(purpose(version), &content);
        STANDARD.encode([mark, &mac, &content].concat())
    }

    fn mac(&self, purpose: &str, message: &[u8]) -> [u8; MAC] {
        hmac_sha256(&hmac_sha256(&self.key, purpose.as_bytes()), message)
    }
}

/// What the MAC of a token is for: with another beginning, a token is altered.
fn purpose(version: TokenVersion) -> &'static str {
    match version {
        TokenVersion::V1 => "token of version 1",
        TokenVersion::V2 => "token",
    }
}

/// Between the session and its policy. JSON without indentation has none.
const SEPARATOR: u8 = b'\n';

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seal").field("key", &"** redacted **").finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::world::{SessionPolicies, SessionPrincipal, TokenVersion};

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
            origin: None,
            scope_downs: Vec::new(),
            ancestors: Vec::new(),
            token_version: TokenVersion::V2,
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

    #[test]
    fn another_version_opens_to_nothing() {
        let seal = Seal::new([7; 32]);
        let token = seal.issue(&session(), 0).session_token;
        let mut bytes = STANDARD.decode(&token).unwrap();
        bytes.splice(..MARK.len(), MARK_OF_VERSION_1.iter().copied());

        assert_eq!(seal.open(&STANDARD.encode(bytes)), Err(TokenFault));
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
