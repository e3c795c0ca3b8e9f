//! The keys of issuers elsewhere, fetched when a token needs them.

mod fetch;
mod place;
#[cfg(feature = "https")]
mod tls;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use serde_json::Value;

pub use self::fetch::{Fetch, HttpFetch};
use self::place::Place;
use crate::oidc::{Issuer, KeyFault, KeySet, Token, with_scheme};

/// The keys of issuers elsewhere: fetched by discovery when a token needs them, and kept for a while.
///
/// Kept keys are fetched again when a token names a key that is not among them, as after a rotation, and at most once a second when a
/// signature does not fit them, as after a restart of an issuer that names its new key like the old one. A caller that comes while keys are
/// being fetched waits for them and has the same outcome.
#[derive(Debug)]
pub struct ExternalKeys {
    fetch: Arc<dyn Fetch>,
    lifetime: Duration,
    /// By issuer and the address its documents are at.
    places: Mutex<HashMap<(String, String), Arc<Place>>>,
}

impl ExternalKeys {
    /// Fetches by these means and keeps what it gets for an hour.
    #[must_use]
    pub fn new(fetch: Arc<dyn Fetch>) -> Self {
        Self { fetch, lifetime: Duration::from_secs(3600), places: Mutex::default() }
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
    /// Dropping the future ends the exchange, if this call carries it out; of those that wait for it the next one begins anew.
    pub async fn keys(
        &self,
        token: &Token,
        base: &str,
        thumbprints: &[String],
        now: SystemTime,
    ) -> Result<KeySet, KeyFault> {
        let place = self.place(token.issuer(), base);
        // Counted before looking, so that no fetch ends unnoticed in between.
        let ended = place.ended();
        let fetched = || place.fetch(ended, now, self.discover(token.issuer(), base, thumbprints));
        let is_known = |keys: &KeySet| {
            token.algorithm().is_none_or(|algorithm| keys.has_key(token.key_id(), algorithm))
        };
        match place.kept(now, self.lifetime).filter(is_known) {
            // Without new keys the token is judged by the old ones: it is the signature that is wrong then, not the issuer.
            Some(keys) if token.is_misfit(&keys) && place.has_rested(REST) => {
                Ok(fetched().await.unwrap_or(keys))
            }
            Some(keys) => Ok(keys),
            None => fetched().await,
        }
    }

    /// Forgets all that is kept.
    pub fn forget(&self) {
        self.places.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn place(&self, issuer: &str, base: &str) -> Arc<Place> {
        let place = (with_scheme(issuer).to_owned(), base.to_owned());
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if places.len() >= PLACE_LIMIT && !places.contains_key(&place) {
            places.clear();
        }
        Arc::clone(places.entry(place).or_default())
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
        if found != with_scheme(issuer) {
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
        let fetched = self.fetch.fetch(url, thumbprints).await;
        fetched.map_err(|fault| KeyFault::Fetch { url: url.to_owned(), fault })
    }
}

/// By real time, since it spares a real issuer.
const REST: Duration = Duration::from_secs(1);

/// There is one place for each provider, and worlds have a few. More than this is a test that replaces its world again and again.
const PLACE_LIMIT: usize = 1024;
