use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::wire::{ErrorCode, Refusal};

/// Why a request is not accepted as signed, before any key is looked up.
///
/// `Display` is the message of the service.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthFault {
    /// Neither a header nor a query signs the request.
    #[error("Request is missing Authentication Token")]
    Missing,
    /// A header and a query both sign it; the service answers without a message.
    #[error("both an Authorization header and an X-Amz-Algorithm parameter")]
    Ambiguous,
    /// The header has a part that is no key and value; it is quoted.
    #[error(
        "'{part}' not a valid key=value pair (missing equal-sign) in Authorization header: '{header}'."
    )]
    #[non_exhaustive]
    NotAPair {
        /// The part.
        part: String,
        /// The whole header.
        header: String,
    },
    /// A part is missing or cannot be read.
    #[error("{0}")]
    Incomplete(String),
    /// The parts are readable and wrong: the host not signed, the time out of its window, the scope not ours.
    #[error("{0}")]
    DoesNotMatch(String),
}

impl AuthFault {
    /// The message with the header quoted by its hash, as newer front ends of AWS do.
    #[must_use]
    pub fn with_hashed_header(self) -> Self {
        let Self::NotAPair { part, header } = self else { return self };
        let hash = STANDARD.encode(Sha256::digest(header));
        Self::Incomplete(format!(
            "'{part}' not a valid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '{hash}'."
        ))
    }
}

impl From<AuthFault> for Refusal {
    fn from(fault: AuthFault) -> Self {
        match &fault {
            AuthFault::Missing => {
                Self::new(ErrorCode::MissingAuthenticationToken, fault.to_string())
            }
            AuthFault::Ambiguous => Self::bare(ErrorCode::SignatureDoesNotMatch).because(fault),
            AuthFault::NotAPair { .. } => {
                Self::new(ErrorCode::IncompleteSignature, fault.to_string())
            }
            AuthFault::Incomplete(message) => {
                Self::new(ErrorCode::IncompleteSignature, message.as_str())
            }
            AuthFault::DoesNotMatch(message) => {
                Self::new(ErrorCode::SignatureDoesNotMatch, message.as_str())
            }
        }
    }
}
