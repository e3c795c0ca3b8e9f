use std::fmt;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// The bearer token that the side door asks for.
///
/// Kept as a hash, so that it can be neither printed nor found in memory, and so that a comparison takes the same time whatever its length.
#[derive(Clone)]
pub(crate) struct ControlToken {
    hash: [u8; 32],
}

/// A text that no `Authorization` header can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a control token has at least one character, and only letters, digits and -._~+/=; give a random one, such as 32 hexadecimal digits"
)]
#[non_exhaustive]
pub struct UnusableControlToken;

impl ControlToken {
    /// See [RFC 6750](https://www.rfc-editor.org/rfc/rfc6750#section-2.1) for what a bearer token may be.
    pub(crate) fn new(token: &str) -> Result<Self, UnusableControlToken> {
        let usable = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
        if token.is_empty() || !token.bytes().all(usable) {
            return Err(UnusableControlToken);
        }
        Ok(Self { hash: Sha256::digest(token).into() })
    }

    pub(crate) fn is(&self, token: &str) -> bool {
        self.hash.ct_eq(&Sha256::digest(token)).into()
    }
}

impl fmt::Debug for ControlToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ControlToken(** redacted **)")
    }
}
