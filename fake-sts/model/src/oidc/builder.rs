use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use super::Broken;
use super::algorithm::{Algorithm, KeyKind};
use super::issuer_url::is_url;
use super::mint_error::MintError;
use super::session_claims::{SOURCE_IDENTITY, TAGS};
use super::signing_key::SigningKey;
use super::token::{epoch_seconds, seconds};

/// Builds a token of the built-in issuer.
///
/// Starts as a good token; [`TokenBuilder::broken`] spoils it in one way, last of all.
#[derive(Clone, Debug)]
pub struct TokenBuilder {
    issuer: String,
    algorithm: Algorithm,
    now: i64,
    lifetime: i64,
    names_not_before: bool,
    claims: Map<String, Value>,
    principal_tags: Map<String, Value>,
    transitive_tag_keys: Vec<Value>,
    broken: Option<Broken>,
}

impl TokenBuilder {
    pub(super) fn new(issuer: &str, now: SystemTime) -> Self {
        let mut claims = Map::new();
        claims.insert("sub".to_owned(), Value::from("fake-sts-subject"));
        claims.insert("aud".to_owned(), Value::from("sts.amazonaws.com"));
        Self {
            issuer: issuer.to_owned(),
            algorithm: Algorithm::Rs256,
            now: epoch_seconds(now),
            lifetime: LIFETIME,
            names_not_before: true,
            claims,
            principal_tags: Map::new(),
            transitive_tag_keys: Vec::new(),
            broken: None,
        }
    }

    /// The claim `sub`.
    #[must_use]
    pub fn subject(self, subject: impl Into<String>) -> Self {
        self.claim("sub", subject.into())
    }

    /// The claim `aud`, as one string.
    #[must_use]
    pub fn audience(self, audience: impl Into<String>) -> Self {
        self.claim("aud", audience.into())
    }

    /// The claim `aud`, as a list.
    #[must_use]
    pub fn audiences<S: Into<String>>(self, audiences: impl IntoIterator<Item = S>) -> Self {
        self.claim("aud", audiences.into_iter().map(Into::into).collect::<Vec<String>>())
    }

    /// Any claim, in place of the one there was.
    #[must_use]
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    /// How long after its issue the token expires, in whole seconds.
    #[must_use]
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.lifetime = seconds(lifetime);
        self
    }

    /// When the token is issued. Its lifetime begins then.
    #[must_use]
    pub fn issued_at(mut self, time: SystemTime) -> Self {
        self.now = epoch_seconds(time);
        self
    }

    /// The token without `nbf`, which most issuers write and STS does not.
    pub fn without_not_before(mut self) -> Self {
        self.names_not_before = false;
        self
    }

    /// The algorithm of the signature; RS256 unless told otherwise.
    #[must_use]
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// A tag of the session that the token is traded for.
    #[must_use]
    pub fn principal_tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.principal_tags.insert(key.into(), json!([value.into()]));
        self
    }

    /// A tag that later sessions of the chain inherit; set its value with [`TokenBuilder::principal_tag`].
    #[must_use]
    pub fn transitive_tag_key(mut self, key: impl Into<String>) -> Self {
        self.transitive_tag_keys.push(Value::from(key.into()));
        self
    }

    /// The source identity of the session that the token is traded for.
    #[must_use]
    pub fn source_identity(self, source_identity: impl Into<String>) -> Self {
        self.claim(SOURCE_IDENTITY, source_identity.into())
    }

    /// Spoils the token in one way, whatever else is set.
    #[must_use]
    pub fn broken(mut self, broken: Broken) -> Self {
        self.broken = Some(broken);
        self
    }

    /// The token, for tests.
    ///
    /// # Panics
    ///
    /// When the issuer is no URL, or the system cannot generate a key, which takes a machine without randomness. [`TokenBuilder::try_mint`]
    /// returns an error instead.
    #[must_use]
    #[expect(
        clippy::panic,
        reason = "what a test would do with the error; the other method is for everything else"
    )]
    pub fn mint(self) -> String {
        self.try_mint().unwrap_or_else(|error| panic!("{error}"))
    }

    /// The token.
    ///
    /// # Errors
    ///
    /// When the issuer is no URL, so that no token of it could be any good, and when the system cannot generate a key. Neither a claim `iss` that was
    /// set nor a token that is [broken](Self::broken) by its issuer is held to that.
    pub fn try_mint(mut self) -> Result<String, MintError> {
        let broken = self.broken.take();
        let is_meant = self.claims.contains_key("iss") || broken == Some(Broken::IssuerNotAUrl);
        if !is_meant && !is_url(&self.issuer) {
            return Err(MintError::IssuerNotAUrl { issuer: self.issuer });
        }
        if broken == Some(Broken::Opaque) {
            return Ok("ya29.a0AfB_byFakeStsOpaqueAccessToken".to_owned());
        }
        let algorithm = self.algorithm;
        let mut header = json!({"alg": algorithm.name(), "kid": SigningKey::key_id(algorithm.key_kind()), "typ": "JWT"});
        let claims = self.spoiled_claims(broken.as_ref());
        match broken {
            Some(Broken::UnknownKeyId) => header["kid"] = Value::from("no-such-key"),
            Some(Broken::AlgorithmNone) => header = json!({"alg": "none", "typ": "JWT"}),
            Some(Broken::Hs256) => header["alg"] = Value::from("HS256"),
            _ => {}
        }
        let input = format!("{}.{}", encode(&header), encode(&Value::Object(claims)));
        let signature = sign(algorithm, input.as_bytes(), broken.as_ref()).ok_or(MintError::Key)?;
        let input = if broken == Some(Broken::Tampered) {
            tampered(&input).ok_or(MintError::Key)?
        } else {
            input
        };
        Ok(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    fn spoiled_claims(self, broken: Option<&Broken>) -> Map<String, Value> {
        let (now, lifetime) = (self.now, self.lifetime);
        let (issued_at, expires_at) = match broken {
            Some(Broken::Expired) => {
                (now.saturating_sub(lifetime).saturating_sub(EXPIRED), now.saturating_sub(EXPIRED))
            }
            Some(Broken::NotYetValid) => {
                (now.saturating_add(3600), now.saturating_add(3600).saturating_add(lifetime))
            }
            Some(Broken::TooOld) => {
                (now.saturating_sub(30 * 24 * 3600), now.saturating_add(lifetime))
            }
            _ => (now, now.saturating_add(lifetime)),
        };
        let mut claims = self.claims;
        claims.entry("iss").or_insert(Value::from(self.issuer));
        if !self.principal_tags.is_empty() || !self.transitive_tag_keys.is_empty() {
            let tags = json!({"principal_tags": self.principal_tags, "transitive_tag_keys": self.transitive_tag_keys});
            claims.entry(TAGS).or_insert(tags);
        }
        claims.entry("iat").or_insert(Value::from(issued_at));
        if self.names_not_before {
            claims.entry("nbf").or_insert(Value::from(issued_at));
        }
        claims.entry("exp").or_insert(Value::from(expires_at));
        match broken {
            Some(Broken::WrongAudience) => {
                claims.remove("azp");
                claims.insert("aud".to_owned(), Value::from("https://audience.invalid"));
            }
            Some(Broken::MissingClaim(claim)) => {
                claims.remove(claim);
            }
            Some(Broken::FractionalExpiry) => {
                let expiry = claims.get("exp").and_then(Value::as_f64).unwrap_or_default();
                claims.insert("exp".to_owned(), Value::from(expiry + 0.5));
            }
            Some(Broken::IssuerNotAUrl) => {
                claims.insert("iss".to_owned(), Value::from("no url at all"));
            }
            _ => {}
        }
        claims
    }
}

fn sign(algorithm: Algorithm, input: &[u8], broken: Option<&Broken>) -> Option<Vec<u8>> {
    let key = SigningKey::for_algorithm(algorithm)?;
    match broken {
        Some(Broken::AlgorithmNone) => Some(Vec::new()),
        Some(Broken::Hs256) => {
            let mut mac = Hmac::<Sha256>::new_from_slice(key.public_bytes()).ok()?;
            mac.update(input);
            Some(mac.finalize().into_bytes().to_vec())
        }
        Some(Broken::ForeignKey) => foreign_signature(algorithm, input),
        Some(Broken::BadSignature) => {
            let mut signature = key.sign(algorithm, input)?;
            *signature.last_mut()? ^= 1;
            Some(signature)
        }
        _ => key.sign(algorithm, input),
    }
}

fn foreign_signature(algorithm: Algorithm, input: &[u8]) -> Option<Vec<u8>> {
    match algorithm.key_kind() {
        KeyKind::Rsa => SigningKey::unpublished_rsa()?.sign(algorithm, input),
        // Keys on curves are made in no time.
        curve => SigningKey::generate(curve)?.sign(algorithm, input),
    }
}

/// The same token for another subject.
fn tampered(input: &str) -> Option<String> {
    let (header, payload) = input.split_once('.')?;
    let mut claims =
        serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    claims["sub"] = Value::from("somebody-else");
    Some(format!("{header}.{}", encode(&claims)))
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// An hour, as the tokens of most identity providers.
const LIFETIME: i64 = 3600;

/// How long ago an expired token expired: twice as long as STS forgives.
const EXPIRED: i64 = 600;
