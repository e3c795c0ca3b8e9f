use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::fetch::Fetch;
use super::issuer::Issuer;
use super::issuer_url::with_scheme;
use super::key_fault::KeyFault;
use super::key_set::KeySet;
use super::place::Place;
use super::token::Token;

/// The keys of issuers elsewhere: fetched by discovery when a token needs them, and kept for a while.
///
/// Kept keys are fetched again when a token names a key that is not among them, as after a rotation. Whoever comes while keys are being
/// fetched waits for them and has the same outcome.
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
        let is_enough = |keys: &KeySet| {
            token.algorithm().is_none_or(|algorithm| keys.has_key(token.key_id(), algorithm))
        };
        if let Some(keys) = place.kept(now, self.lifetime).filter(is_enough) {
            return Ok(keys);
        }
        place.fetch(ended, now, self.discover(token.issuer(), base, thumbprints)).await
    }

    /// Forgets all that is kept.
    pub fn forget(&self) {
        self.places.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn place(&self, issuer: &str, base: &str) -> Arc<Place> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(places.entry((issuer.to_owned(), base.to_owned())).or_default())
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
        if found.trim_end_matches('/') != with_scheme(issuer).trim_end_matches('/') {
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
