mod builder;
mod get;
mod miss;
pub(crate) mod options;
mod reader;

use std::fmt;
use std::time::Duration;

use stscreds_core::{Error, ErrorKind};

pub use self::builder::CacheBuilder;
use self::get::Get;
pub use self::reader::Reader;
use crate::observe::stats::Stats;
use crate::observe::subscription::Subscription;
use crate::run::engine::Engine;
use crate::share::slot::Ask;
use crate::value::{Source, Value};

/// Keeps one value that expires fresh, for any number of tasks.
///
/// A cheap handle: clones are the same cache. The machine behind
/// [`CredentialsCache`](crate::CredentialsCache), for other values, such as an OIDC token.
///
/// ```
/// use std::sync::Arc;
///
/// use stscreds_cache::Cache;
/// use stscreds_core::{Error, Expires, Timestamp};
///
/// struct Token {
///     text: String,
///     expires_at: Timestamp,
/// }
///
/// impl Expires for Token {
///     fn expires_at(&self) -> Option<Timestamp> {
///         Some(self.expires_at)
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Error> {
/// let cache = Cache::new(async || {
///     Ok(Arc::new(Token { text: "a token".into(), expires_at: Timestamp::MAX }))
/// });
///
/// let length = cache.read(|token| token.text.len()).await?;
/// assert_eq!(length, 7);
/// # Ok(()) }
/// ```
///
/// Another form of credentials, for a signer or an SDK, needs no cache of its own:
/// [`Credentials::derived`](stscreds_core::Credentials::derived).
pub struct Cache<V> {
    engine: Engine<V>,
    /// Keeps the entry of a pool in it.
    #[cfg(feature = "pool")]
    pin: Option<std::sync::Arc<crate::pool::Pin<V>>>,
}

impl<V: Value> Cache<V> {
    /// A cache over `source` with the default policy.
    ///
    /// It contacts nothing and starts nothing until it is asked.
    #[must_use]
    pub fn new(source: impl Source<V> + 'static) -> Self {
        Self::builder(source).build()
    }

    /// A cache over `source` with options.
    pub fn builder(source: impl Source<V> + 'static) -> CacheBuilder<V> {
        CacheBuilder::new(source)
    }

    /// A handle to a value that is kept already.
    pub(crate) fn of(engine: Engine<V>) -> Self {
        Self {
            engine,
            #[cfg(feature = "pool")]
            pin: None,
        }
    }

    /// A handle to an entry of a pool, which stays there for as long as there is a handle.
    #[cfg(feature = "pool")]
    pub(crate) fn pinned(engine: Engine<V>, pin: std::sync::Arc<crate::pool::Pin<V>>) -> Self {
        Self { engine, pin: Some(pin) }
    }

    /// The value, valid as far as the policy demands.
    ///
    /// Returns at once, without a lock or an allocation, unless the value is missing,
    /// expired, invalidated or in its mandatory window; then it waits for the
    /// refresh in flight, or starts one.
    ///
    /// # Errors
    ///
    /// The refresh's error, the same for every waiter, if there is nothing that the
    /// policy allows to serve. Outside of a tokio runtime a refresh
    /// cannot begin, which counts as one that failed.
    ///
    /// # Cancel safety
    ///
    /// A refresh runs in a task of its own: dropping the future changes nothing for it
    /// or for anybody else.
    pub fn get(&self) -> impl Future<Output = Result<V, Error>> + Send {
        Get::new(self)
    }

    /// Reads the value in place if [`get`](Self::get) would return it at once.
    ///
    /// The cheapest read: nothing is cloned and no shared memory is written. `None`
    /// means that somebody must wait: call `get`. Begins a refresh that is due if
    /// called within a tokio runtime.
    pub fn with<R>(&self, read: impl FnOnce(&V) -> R) -> Option<R> {
        self.engine.item.slot.hit(
            || self.engine.now(),
            |value| Some(read(value)),
            |read| self.value_at_once().and_then(|value| read(value.value())),
        )
    }

    /// Reads the value in place if there is nothing to do but to serve it.
    ///
    /// For adapters that answer a hit without a future. It begins nothing: after `None`,
    /// [`read`](Self::read) decides what the caller gets, and begins a refresh that is due.
    pub fn hit<R>(&self, read: impl FnOnce(&V) -> R) -> Option<R> {
        self.engine.item.slot.hit(|| self.engine.now(), |value| Some(read(value)), |_missed| None)
    }

    /// Reads the value in place, and waits for a refresh if there is nothing to read at once.
    ///
    /// [`with`](Self::with) and [`get`](Self::get) in one call, and no value is cloned.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    ///
    /// # Cancel safety
    ///
    /// As [`get`](Self::get).
    pub async fn read<R>(&self, read: impl FnOnce(&V) -> R) -> Result<R, Error> {
        let now = self.engine.now();
        // Taken by the one read there is: at once, or after the wait.
        let mut read = Some(read);
        let mut once = |value: &V| read.take().map(|read| read(value));
        if let Some(hit) = self.engine.item.slot.hit(|| now, &mut once, |_missed| None) {
            return Ok(hit);
        }
        let value = self.outcome(Ask::Value).await?;
        once(value.value()).ok_or_else(|| Error::new(ErrorKind::Bug, "a value was read twice"))
    }

    /// The value, with at least so much life left, if values live for that long.
    ///
    /// Waits for a refresh if the cached value has less. If that fails, or brings a value that
    /// has less as well, the value is returned with what it has. The source is not contacted
    /// with each call: what is more than 15/16 of the life that the cached value had when it
    /// arrived waits for the regular refresh.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    ///
    /// # Cancel safety
    ///
    /// As [`get`](Self::get).
    pub async fn remaining(&self, at_least: Duration) -> Result<V, Error> {
        let now = self.engine.now();
        let lasts = |value: &V| value.expires_at().is_none_or(|at| at.since(now) >= at_least);
        let read = |value: &V| lasts(value).then(|| value.clone());
        match self.engine.item.slot.hit(|| now, read, |_read| None) {
            Some(hit) => Ok(hit),
            None => Ok(self.outcome(Ask::Remaining(at_least)).await?.value().clone()),
        }
    }

    /// The value if it is valid now; a look that begins nothing and never waits.
    ///
    /// Unlike [`with`](Self::with) it also yields a value that is in its mandatory
    /// window or was invalidated, and never one that has expired.
    #[must_use]
    pub fn peek(&self) -> Option<V> {
        self.engine.item.slot.peek(self.engine.now(), V::clone)
    }

    /// Refreshes, or joins the refresh in flight; during a backoff, returns the last error.
    ///
    /// The source is not contacted during a backoff: [`refresh_now`](Self::refresh_now)
    /// contacts it all the same.
    ///
    /// # Errors
    ///
    /// The refresh's own error, also if the cached value is still valid; that is still
    /// served by [`get`](Self::get). During a backoff, the last error, at once.
    ///
    /// # Cancel safety
    ///
    /// As [`get`](Self::get).
    pub async fn refresh(&self) -> Result<V, Error> {
        Ok(self.outcome(Ask::Refresh).await?.value().clone())
    }

    /// Refreshes, or joins the refresh in flight, also during a backoff.
    ///
    /// For a person who has corrected something and will not wait. A program that calls
    /// it in a loop contacts the source with each call.
    ///
    /// # Errors
    ///
    /// The refresh's own error, also if the cached value is still valid.
    ///
    /// # Cancel safety
    ///
    /// As [`get`](Self::get).
    pub async fn refresh_now(&self) -> Result<V, Error> {
        Ok(self.outcome(Ask::RefreshNow).await?.value().clone())
    }

    /// Declares the value unusable, whatever its expiry says: the next caller waits
    /// for a refresh.
    ///
    /// The source is [told](Source::reject). If the refresh fails for a reason that may
    /// pass, or during a backoff, the value is served and stays marked. The result of a
    /// refresh already in flight is also rejected, unless its [id](Value::id) differs.
    ///
    /// What this means for backoffs, and how repeated rejection is damped, is the policy's
    /// matter: [`RejectedValue`](crate::policy::RejectedValue).
    pub fn invalidate(&self) {
        self.engine.reject(None);
    }

    /// [Invalidates](Self::invalidate) the value if it has this [id](Value::id).
    ///
    /// A thousand requests that were refused with one value cause one refresh, one event
    /// and one count: the rest have no effect.
    pub fn invalidate_if(&self, id: &str) {
        self.engine.reject(Some(id));
    }

    /// What the cache has done and where it stands.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.engine.stats()
    }

    /// The events of this cache from now on.
    #[must_use]
    pub fn subscribe(&self) -> Subscription {
        self.engine.shared.audience.subscribe()
    }

    /// A reader of its own for a loop that reads often: [`Reader`].
    #[must_use]
    pub fn reader(&self) -> Reader<V> {
        Reader::new(self.clone())
    }

    #[cfg(all(test, stscreds_loom))]
    pub(crate) fn engine(&self) -> &Engine<V> {
        &self.engine
    }
}

impl<V> Clone for Cache<V> {
    fn clone(&self) -> Self {
        Self {
            engine: self.engine.clone(),
            #[cfg(feature = "pool")]
            pin: self.pin.clone(),
        }
    }
}

impl<V: Value> fmt::Debug for Cache<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stats = self.stats();
        f.debug_struct("Cache")
            .field("name", &self.engine.shared.audience.name)
            .field("phase", &stats.phase)
            .field("deadlines", &stats.deadlines)
            .field("is_refreshing", &stats.is_refreshing)
            .finish_non_exhaustive()
    }
}
