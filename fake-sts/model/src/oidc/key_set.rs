use std::fmt;
use std::sync::Arc;

use aws_lc_rs::signature::{RsaPublicKeyComponents, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Value, json};
use thiserror::Error;

use super::algorithm::{Algorithm, KeyKind};
use super::signing_key::SigningKey;

/// The public keys of an issuer.
///
/// Read from a JWKS document ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517)) or those of the built-in issuer. Keys that STS cannot use
/// are left out, as the RFC asks: other key types, RSA below 2048 bits, keys for encryption. Cloning is cheap.
#[derive(Clone)]
pub struct KeySet(Arc<Keys>);

struct Keys {
    usable: Vec<Key>,
    /// `None` for the keys of the built-in issuer, which are made when they are first needed.
    source: Option<Value>,
}

struct Key {
    id: Option<String>,
    kind: KeyKind,
    material: Material,
}

enum Material {
    BuiltIn,
    Rsa(RsaPublicKeyComponents<Vec<u8>>),
    Ec(UnparsedPublicKey<Vec<u8>>),
    /// A key with `key_ops`, or with a certificate of another key: it is found, and no signature of it is accepted.
    Unusable,
}

/// A JWKS document that cannot be read.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeySetError {
    /// The text is no JSON.
    #[error("the JWKS document is not JSON")]
    NotJson,
    /// There is no list of keys.
    #[error("the JWKS document has no list `keys`; it must look like {{\"keys\": [..]}}")]
    NoKeys,
    /// There are more keys than STS reads.
    #[error("the JWKS document has more than 200 keys")]
    TooManyKeys,
}

/// Why no signature could be checked, or whether it was good.
pub(super) enum SignatureCheck {
    Good,
    Bad,
    Unusable,
    NoKey,
}

impl KeySet {
    /// The keys of the built-in issuer.
    #[must_use]
    pub fn built_in() -> Self {
        let key = |kind| Key {
            id: Some(SigningKey::key_id(kind).to_owned()),
            kind,
            material: Material::BuiltIn,
        };
        Self(Arc::new(Keys { usable: KeyKind::ALL.into_iter().map(key).collect(), source: None }))
    }

    /// Reads a JWKS document.
    ///
    /// # Errors
    ///
    /// When the text is no JSON, has no list of keys or too long a one.
    pub fn parse(text: &[u8]) -> Result<Self, KeySetError> {
        Self::from_value(serde_json::from_slice(text).map_err(|_| KeySetError::NotJson)?)
    }

    /// Reads a JWKS document that is parsed already.
    ///
    /// # Errors
    ///
    /// When it has no list of keys or too long a one.
    pub fn from_value(source: Value) -> Result<Self, KeySetError> {
        let keys = source.get("keys").and_then(Value::as_array).ok_or(KeySetError::NoKeys)?;
        if keys.len() > MAX_KEYS {
            return Err(KeySetError::TooManyKeys);
        }
        let mut usable = Vec::<Key>::new();
        for key in keys.iter().filter_map(Key::from_jwk) {
            // Of two keys with one id, the later one counts.
            usable.retain(|earlier| earlier.id.is_none() || earlier.id != key.id);
            usable.push(key);
        }
        // With more RSA keys than STS reads, it finds none of them.
        if usable.iter().filter(|key| key.kind == KeyKind::Rsa).count() > MAX_RSA_KEYS {
            usable.retain(|key| key.kind != KeyKind::Rsa);
        }
        Ok(Self(Arc::new(Keys { usable, source: Some(source) })))
    }

    /// The JWKS document. Makes the keys of the built-in issuer if they do not exist yet.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match &self.0.source {
            Some(source) => source.clone(),
            None => {
                let keys =
                    KeyKind::ALL.into_iter().filter_map(SigningKey::of_kind).map(SigningKey::jwk);
                json!({"keys": keys.collect::<Vec<_>>()})
            }
        }
    }

    /// The ids of the keys that STS can use.
    pub fn key_ids(&self) -> impl Iterator<Item = &str> {
        self.0.usable.iter().filter_map(|key| key.id.as_deref())
    }

    /// Whether a token with this key id and algorithm has a key here.
    #[must_use]
    pub fn has_key(&self, key_id: Option<&str>, algorithm: Algorithm) -> bool {
        self.candidates(key_id, algorithm).next().is_some()
    }

    pub(super) fn check(
        &self,
        key_id: Option<&str>,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> SignatureCheck {
        let mut answer = SignatureCheck::NoKey;
        for key in self.candidates(key_id, algorithm) {
            if matches!(key.material, Material::Unusable) {
                return SignatureCheck::Unusable;
            }
            if key.verifies(algorithm, message, signature) {
                return SignatureCheck::Good;
            }
            answer = SignatureCheck::Bad;
        }
        answer
    }

    /// Keys without an id are not found. A token without a key id is signed by the only key, if there is only one.
    ///
    /// The `alg` of a key does not matter: that of the token decides.
    fn candidates(&self, key_id: Option<&str>, algorithm: Algorithm) -> impl Iterator<Item = &Key> {
        let indexed = || self.0.usable.iter().filter(|key| key.id.is_some());
        let is_only = key_id.is_none() && indexed().count() == 1;
        indexed().filter(move |key| {
            key.kind == algorithm.key_kind() && (is_only || key_id == key.id.as_deref())
        })
    }
}

impl Key {
    /// The key of a JWK, or `None` when STS cannot use it.
    fn from_jwk(jwk: &Value) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        if text("use").is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let (kind, material) = match text("kty")? {
            "RSA" => (KeyKind::Rsa, rsa_material(text("n")?, text("e")?)?),
            "EC" => {
                let curve = text("crv")?;
                let kind = KeyKind::ALL.into_iter().find(|kind| kind.curve() == Some(curve))?;
                (kind, ec_material(kind, text("x")?, text("y")?)?)
            }
            _ => return None,
        };
        let is_usable = jwk.get("key_ops").is_none() && agrees_with_certificate(jwk);
        let material = if is_usable { material } else { Material::Unusable };
        Some(Self { id: text("kid").map(ToOwned::to_owned), kind, material })
    }

    fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::Rsa(key) => algorithm
                .rsa_parameters()
                .is_some_and(|parameters| key.verify(parameters, message, signature).is_ok()),
            Material::Ec(key) => key.verify(message, signature).is_ok(),
            Material::Unusable => false,
            Material::BuiltIn => {
                let Some(key) = SigningKey::of_kind(self.kind) else {
                    return false;
                };
                match (algorithm.rsa_parameters(), self.kind.ecdsa()) {
                    (Some(parameters), _) => UnparsedPublicKey::new(parameters, key.public_bytes())
                        .verify(message, signature)
                        .is_ok(),
                    (None, Some(ecdsa)) => UnparsedPublicKey::new(ecdsa, key.public_bytes())
                        .verify(message, signature)
                        .is_ok(),
                    (None, None) => false,
                }
            }
        }
    }
}

impl Serialize for KeySet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for KeySet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_value(Value::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeySet").field(&self.key_ids().collect::<Vec<_>>()).finish()
    }
}

impl PartialEq for KeySet {
    fn eq(&self, other: &Self) -> bool {
        self.0.source == other.0.source
    }
}

/// Whether the numbers of a key are those in the certificate beside it, if there is one: `x5c`
/// ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517#section-4.7)). Alone, a certificate is no key to STS.
fn agrees_with_certificate(jwk: &Value) -> bool {
    let Some(chain) = jwk.get("x5c") else { return true };
    let certificate = chain.get(0).and_then(Value::as_str);
    let certificate = certificate.and_then(|text| STANDARD.decode(text).ok()).unwrap_or_default();
    let numbers = ["n", "x", "y"].iter().filter_map(|name| jwk.get(name)?.as_str());
    numbers.filter_map(|number| URL_SAFE_NO_PAD.decode(number).ok()).all(|number| {
        // A certificate writes the bytes of a number in full, whatever is around them.
        !number.is_empty() && certificate.windows(number.len()).any(|part| part == number)
    })
}

fn rsa_material(n: &str, e: &str) -> Option<Material> {
    let component = |text: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let first = bytes.iter().position(|byte| *byte != 0)?;
        bytes.get(first..).map(<[u8]>::to_vec)
    };
    let (n, e) = (component(n)?, component(e)?);
    let bits = n.len() * 8 - n.first()?.leading_zeros() as usize;
    RSA_BITS.contains(&bits).then_some(Material::Rsa(RsaPublicKeyComponents { n, e }))
}

fn ec_material(kind: KeyKind, x: &str, y: &str) -> Option<Material> {
    // RFC 7518 wants coordinates of full length; some issuers drop leading zeros.
    let mut point = vec![UNCOMPRESSED];
    for coordinate in [x, y] {
        let bytes = URL_SAFE_NO_PAD.decode(coordinate).ok()?;
        let missing = kind.coordinate_len().checked_sub(bytes.len())?;
        point.extend(std::iter::repeat_n(0, missing).chain(bytes));
    }
    let key = UnparsedPublicKey::new(kind.ecdsa()?, point);
    key.parse().is_ok().then_some(Material::Ec(key))
}

/// STS reads [up to 100 RSA and 100 EC keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html).
const MAX_KEYS: usize = 200;

const MAX_RSA_KEYS: usize = 100;

const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// The first byte of a point whose two coordinates follow in full.
const UNCOMPRESSED: u8 = 4;
