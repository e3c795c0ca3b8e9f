use thiserror::Error;

use super::fault::TokenFault;
use super::fetch_fault::FetchFault;
use super::key_set::KeySetError;

/// Why the keys of an issuer could not be had.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyFault {
    /// A document could not be fetched.
    #[error("could not fetch {url}")]
    Fetch {
        /// The address of the document.
        url: String,
        /// Why not.
        #[source]
        fault: FetchFault,
    },
    /// The discovery document has no usable address of the keys.
    #[error("the discovery document at {url} is no JSON object with a string jwks_uri")]
    InvalidDiscovery {
        /// The address of the document.
        url: String,
    },
    /// The discovery document is that of another issuer.
    #[error("the discovery document at {url} is that of issuer {found:?}, not of {wanted:?}")]
    OtherIssuer {
        /// The address of the document.
        url: String,
        /// The issuer it names.
        found: String,
        /// The issuer of the token.
        wanted: String,
    },
    /// The keys are in no JWKS document.
    #[error("the keys at {url} cannot be read")]
    InvalidKeys {
        /// The address of the document.
        url: String,
        /// Why not.
        #[source]
        error: KeySetError,
    },
}

impl KeyFault {
    /// Whether the issuer could not be reached at all, which STS may also answer with `IDPCommunicationError`.
    #[must_use]
    pub fn is_communication(&self) -> bool {
        match self {
            Self::Fetch { fault, .. } => !matches!(
                fault,
                FetchFault::UntrustedCertificate
                    | FetchFault::InvalidUrl
                    | FetchFault::UnsupportedScheme
            ),
            Self::InvalidDiscovery { .. } | Self::OtherIssuer { .. } | Self::InvalidKeys { .. } => {
                false
            }
        }
    }
}

impl From<KeyFault> for TokenFault {
    fn from(fault: KeyFault) -> Self {
        let source = std::error::Error::source(&fault);
        let source = source.map(|source| format!(": {source}")).unwrap_or_default();
        let cause = format!("{fault}{source}");
        match fault {
            KeyFault::Fetch { fault: FetchFault::UntrustedCertificate, .. } => {
                Self::UntrustedCertificate { cause }
            }
            _ => Self::NoVerificationKey { cause },
        }
    }
}
