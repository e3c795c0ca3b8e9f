use std::sync::Arc;
use std::time::Duration;

use stscreds_core::{Error, Timestamp};

use crate::decide::consequence::Consequence;

/// Something that happened in a cache.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Event {
    /// When, by the local clock.
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
        /// Until when the cache backs off; `None` if the next caller may ask.
        next_attempt_at: Option<Timestamp>,
    },
    /// A refresh ended without a word: its runtime is gone or stood still.
    RefreshAbandoned,
    /// A call found the cache backing off; reported once for each backoff.
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

impl Happening {
    /// The same with its instants as another clock shows them.
    pub(crate) fn shown_by(mut self, shown: impl Fn(Timestamp) -> Timestamp) -> Self {
        let instants = match &mut self {
            Self::RefreshSucceeded { expires_at, next_refresh_at, .. } => {
                [expires_at.as_mut(), next_refresh_at.as_mut()]
            }
            Self::RefreshFailed { next_attempt_at, .. } => [next_attempt_at.as_mut(), None],
            Self::BackedOff { until } => [Some(until), None],
            Self::StaleServed { expired_at } => [Some(expired_at), None],
            Self::RefreshStarted | Self::RefreshAbandoned | Self::Invalidated { .. } => {
                [None, None]
            }
        };
        instants.into_iter().flatten().for_each(|at| *at = shown(*at));
        self
    }
}
