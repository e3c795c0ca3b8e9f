use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use serde_json::Value;
use thiserror::Error;

use super::{
    fault::TokenFault,
    fetch::{Fetch, FetchFault},
    issuer::Issuer,
    key_set::{KeySet, KeySetError},
    token::Token,
};

/// The keys of issuers elsewhere: fetched by discovery when a token needs them, and kept for a while.
///
/// Kept keys are fetched again when a token names a key that is not among them, as after a rotation.
#[derive(Debug)]
pub struct ExternalKeys {
    fetch: Arc<dyn Fetch>,
    lifetime: Duration,
    /// By issuer and the place its documents are at.
    kept: Mutex<HashMap<(String, String), Kept>>,
}

/// Why the keys of an issuer could not be had.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyFault {
    /// A document could not be fetched.
    #[error("could not fetch {url}")]
    #[non_exhaustive]
    Fetch {
        /// The address of the document.
        url: String,
        /// Why not.
        #[source]
        fault: FetchFault,
    },
    /// The discovery document has no usable address of the keys.
    #[error("the discovery document at {url} is no JSON object with a string jwks_uri")]
    #[non_exhaustive]
    InvalidDiscovery {
        /// The address of the document.
        url: String,
    },
    /// The discovery document is that of another issuer.
    #[error("the discovery document at {url} is that of issuer {found:?}, not of {wanted:?}")]
    #[non_exhaustive]
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
    #[non_exhaustive]
    InvalidKeys {
        /// The address of the document.
        url: String,
        /// Why not.
        #[source]
        error: KeySetError,
    },
}

#[derive(Clone, Debug)]
struct Kept {
    keys: KeySet,
    since: SystemTime,
}

impl ExternalKeys {
    /// Fetches by these means and keeps what it gets for an hour.
    #[must_use]
    pub fn new(fetch: Arc<dyn Fetch>) -> Self {
        Self { fetch, lifetime: Duration::from_secs(3600), kept: Mutex::default() }
    }

    /// For how long keys are kept, by the clock that [`ExternalKeys::keys`] is told.
    #[must_use]
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// The keys to check a token against.
    ///
    /// `base` is where the issuer's documents are: its URL, unless a test serves them elsewhere, or the whole address of its discovery
    /// document. `thumbprints` are those of the provider.
    ///
    /// # Errors
    ///
    /// When they have to be fetched and cannot be. Failures are not kept.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the exchange; nothing is kept of it.
    pub async fn keys(
        &self,
        token: &Token,
        base: &str,
        thumbprints: &[String],
        now: SystemTime,
    ) -> Result<KeySet, KeyFault> {
        let place = (token.issuer().to_owned(), base.to_owned());
        let is_enough = |keys: &KeySet| {
            token.algorithm().is_none_or(|algorithm| keys.has_key(token.key_id(), algorithm))
        };
        if let Some(keys) = self.kept(&place, now).filter(is_enough) {
            return Ok(keys);
        }
        let keys = self.discover(token.issuer(), base, thumbprints).await?;
        let kept = Kept { keys: keys.clone(), since: now };
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(place, kept);
        Ok(keys)
    }

    /// Forgets all that is kept.
    pub fn forget(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    async fn discover(
        &self,
        issuer: &str,
        base: &str,
        thumbprints: &[String],
    ) -> Result<KeySet, KeyFault> {
        let base = base.strip_suffix(Issuer::DISCOVERY_PATH).unwrap_or(base);
        let url = format!("{}{}", base.trim_end_matches('/'), Issuer::DISCOVERY_PATH);
        let document = self.fetch(&url, thumbprints).await?;
        let Ok(document) = serde_json::from_slice::<Value>(&document) else {
            return Err(KeyFault::InvalidDiscovery { url });
        };
        let found = document.get("issuer").and_then(Value::as_str).unwrap_or_default();
        if found.trim_end_matches('/') != issuer.trim_end_matches('/') {
            return Err(KeyFault::OtherIssuer {
                url,
                found: found.to_owned(),
                wanted: issuer.to_owned(),
            });
        }
        let Some(jwks_uri) = document.get("jwks_uri").and_then(Value::as_str) else {
            return Err(KeyFault::InvalidDiscovery { url });
        };
        let keys = self.fetch(jwks_uri, thumbprints).await?;
        KeySet::parse(&keys)
            .map_err(|error| KeyFault::InvalidKeys { url: jwks_uri.to_owned(), error })
    }

    async fn fetch(&self, url: &str, thumbprints: &[String]) -> Result<Vec<u8>, KeyFault> {
        self.fetch
            .fetch(url, thumbprints)
            .await
            .map_err(|fault| KeyFault::Fetch { url: url.to_owned(), fault })
    }

    /// What is kept and not too old. A clock that was set back makes it too old as well.
    fn kept(&self, place: &(String, String), now: SystemTime) -> Option<KeySet> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(place)
            .filter(|kept| now.duration_since(kept.since).is_ok_and(|age| age < self.lifetime))
            .map(|kept| kept.keys.clone())
    }
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
        let source = std::error::Error::source(&fault)
            .map(|source| format!(": {source}"))
            .unwrap_or_default();
        let cause = format!("{fault}{source}");
        match fault {
            KeyFault::Fetch { fault: FetchFault::UntrustedCertificate, .. } => {
                Self::UntrustedCertificate { cause }
            }
            _ => Self::NoVerificationKey { cause },
        }
    }
}
