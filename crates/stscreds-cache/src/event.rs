use std::sync::Arc;
use std::time::Duration;

use stscreds_core::{Error, Timestamp};

/// Something that happened in a cache.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Event {
    /// When, by the cache's clock.
    pub at: Timestamp,
    /// The name that the cache's builder was given.
    pub cache: Option<Arc<str>>,
    /// What.
    pub happening: Happening,
}

/// What happened. Holds no secret.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Happening {
    /// A refresh began.
    RefreshStarted,
    /// A refresh brought a value.
    #[non_exhaustive]
    RefreshSucceeded {
        /// When it expires, by the local clock.
        expires_at: Option<Timestamp>,
        /// When the next refresh is due.
        next_refresh_at: Option<Timestamp>,
        /// How long the refresh took, by the cache's clock.
        took: Duration,
    },
    /// A refresh failed.
    #[non_exhaustive]
    RefreshFailed {
        /// Why.
        error: Error,
        /// What callers get until a refresh succeeds.
        consequence: Consequence,
        /// Until when the source is left alone; `None` if the next caller may ask.
        next_attempt_at: Option<Timestamp>,
    },
    /// A refresh ended without a word: its runtime is gone or stood still.
    RefreshAbandoned,
    /// A call found the source left alone; told once for each pause.
    #[non_exhaustive]
    BackedOff {
        /// Until when.
        until: Timestamp,
    },
    /// A value past its expiry was served; told once for each pause.
    #[non_exhaustive]
    StaleServed {
        /// When it expired.
        expired_at: Timestamp,
    },
    /// The value was invalidated.
    #[non_exhaustive]
    Invalidated {
        /// Its id: the access key id of credentials.
        id: Option<String>,
    },
}

/// What callers get after a failed refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Consequence {
    /// The value, which is valid.
    Served,
    /// The value, which has expired.
    ServedStale,
    /// The value, which a service rejected.
    ServedRejected,
    /// The error.
    Raised,
}
