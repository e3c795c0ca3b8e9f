use std::fmt;
use std::sync::OnceLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RsaEncoding, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::algorithm::{Algorithm, KeyKind};

/// A key pair of this process.
pub(crate) struct SigningKey {
    kind: KeyKind,
    pair: Pair,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
}

impl SigningKey {
    /// The process's key for an algorithm, generated when it is asked for the first time. `None` when the system cannot make one.
    ///
    /// One set of keys serves all issuers of the process: a token is bound to its issuer by `iss`, and making RSA keys takes long.
    pub(crate) fn for_algorithm(algorithm: Algorithm) -> Option<&'static Self> {
        Self::of_kind(algorithm.key_kind())
    }

    pub(super) fn of_kind(kind: KeyKind) -> Option<&'static Self> {
        static RSA: OnceLock<Option<SigningKey>> = OnceLock::new();
        static P256: OnceLock<Option<SigningKey>> = OnceLock::new();
        static P384: OnceLock<Option<SigningKey>> = OnceLock::new();
        static P521: OnceLock<Option<SigningKey>> = OnceLock::new();
        let cell = match kind {
            KeyKind::Rsa => &RSA,
            KeyKind::P256 => &P256,
            KeyKind::P384 => &P384,
            KeyKind::P521 => &P521,
        };
        cell.get_or_init(|| Self::generate(kind)).as_ref()
    }

    /// An RSA key that nobody publishes, made once. `None` when the system cannot make one.
    pub(crate) fn unpublished_rsa() -> Option<&'static Self> {
        static FOREIGN: OnceLock<Option<SigningKey>> = OnceLock::new();
        FOREIGN.get_or_init(|| Self::generate(KeyKind::Rsa)).as_ref()
    }

    /// The signature in the form a JWT carries; `None` when the algorithm does not fit the key.
    pub(crate) fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Option<Vec<u8>> {
        if algorithm.key_kind() != self.kind {
            return None;
        }
        match &self.pair {
            Pair::Rsa(pair) => {
                let encoding: &dyn RsaEncoding = match algorithm {
                    Algorithm::Rs256 => &RSA_PKCS1_SHA256,
                    Algorithm::Rs384 => &RSA_PKCS1_SHA384,
                    Algorithm::Rs512 => &RSA_PKCS1_SHA512,
                    Algorithm::Es256 | Algorithm::Es384 | Algorithm::Es512 => return None,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(encoding, &SystemRandom::new(), message, &mut signature).ok()?;
                Some(signature)
            }
            Pair::Ec(pair) => pair
                .sign(&SystemRandom::new(), message)
                .ok()
                .map(|signature| signature.as_ref().to_vec()),
        }
    }

    /// The key id under which the built-in issuer publishes a kind of key.
    pub(super) fn key_id(kind: KeyKind) -> &'static str {
        match kind {
            KeyKind::Rsa => "RSA_0",
            KeyKind::P256 => "EC256_0",
            KeyKind::P384 => "EC384_0",
            KeyKind::P521 => "EC512_0",
        }
    }

    /// The public half as a JWK.
    pub(super) fn jwk(&self) -> Value {
        let base64url = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let kid = Self::key_id(self.kind);
        match &self.pair {
            Pair::Rsa(pair) => {
                let public = pair.public_key();
                let (n, e) = (public.modulus(), public.exponent());
                let (n, e) = (
                    base64url(n.big_endian_without_leading_zero()),
                    base64url(e.big_endian_without_leading_zero()),
                );
                // No `alg`: the key serves all three RSA algorithms.
                json!({"kty": "RSA", "use": "sig", "kid": kid, "n": n, "e": e})
            }
            Pair::Ec(pair) => {
                // The uncompressed point: 0x04, then both coordinates.
                let point = pair.public_key().as_ref();
                let (x, y) = point
                    .get(1..)
                    .unwrap_or_default()
                    .split_at_checked(self.kind.coordinate_len())
                    .unwrap_or_default();
                json!({"kty": "EC", "use": "sig", "kid": kid, "crv": self.kind.curve(), "x": base64url(x), "y": base64url(y)})
            }
        }
    }

    /// The public half: of an RSA key the DER of PKCS #1, of another the uncompressed point.
    pub(crate) fn public_bytes(&self) -> &[u8] {
        match &self.pair {
            Pair::Rsa(pair) => pair.public_key().as_ref(),
            Pair::Ec(pair) => pair.public_key().as_ref(),
        }
    }

    /// A key of its own, which no issuer publishes. `None` when the system cannot make one.
    pub(super) fn generate(kind: KeyKind) -> Option<Self> {
        let pair = match kind {
            KeyKind::Rsa => Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).ok()?),
            KeyKind::P256 => {
                Pair::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).ok()?)
            }
            KeyKind::P384 => {
                Pair::Ec(EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).ok()?)
            }
            KeyKind::P521 => {
                Pair::Ec(EcdsaKeyPair::generate(&ECDSA_P521_SHA512_FIXED_SIGNING).ok()?)
            }
        };
        Some(Self { kind, pair })
    }
}

/// Without the key itself.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kind", &self.kind).finish_non_exhaustive()
    }
}
