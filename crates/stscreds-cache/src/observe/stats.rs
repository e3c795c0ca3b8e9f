use std::collections::BTreeMap;
use std::time::Duration;

use stscreds_core::{Error, ErrorKind, Timestamp};

use crate::decide::deadlines::Deadlines;
use crate::decide::entry::Entry;
use crate::decide::phase::Phase;

/// What a cache has done so far and where it stands.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Stats {
    /// Refreshes that brought a value.
    pub refreshes: u64,
    /// Refreshes that failed, by kind.
    pub failures: BTreeMap<ErrorKind, u64>,
    /// Refreshes that ended without a word, as their runtime was gone.
    pub abandoned: u64,
    /// Calls that were answered with a value past its expiry.
    pub stale_served: u64,
    /// Calls that found the source left alone after a failure. Hits on a value that
    /// is still valid are not counted: a hit writes nothing.
    pub backed_off: u64,
    /// Invalidations that had an effect.
    pub invalidations: u64,
    /// The last failure, until a refresh succeeds.
    pub last_error: Option<Error>,
    /// When the value was installed.
    pub refreshed_at: Option<Timestamp>,
    /// When the value's phases begin.
    pub deadlines: Option<Deadlines>,
    /// Where the value is in its life; an invalidated one is mandatory.
    pub phase: Phase,
    /// Whether a refresh is under way.
    pub is_refreshing: bool,
    /// Whether the source is left alone now, after a failure.
    pub is_backed_off: bool,
    /// When the source may be contacted next; `None` if the next caller may or if
    /// the value never expires.
    pub next_refresh_at: Option<Timestamp>,
    /// How long the value is still valid; `None` without one or if it always is.
    pub time_to_expiry: Option<Duration>,
}

/// Counted under the slot's mutex, away from the hit path.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counters {
    refreshes: u64,
    failures: BTreeMap<ErrorKind, u64>,
    last_error: Option<Error>,
    refreshed_at: Option<Timestamp>,
    pub(crate) abandoned: u64,
    pub(crate) stale_served: u64,
    pub(crate) backed_off: u64,
    pub(crate) invalidations: u64,
}

impl Counters {
    pub(crate) fn succeeded(&mut self, now: Timestamp) {
        self.refreshes += 1;
        self.refreshed_at = Some(now);
        self.last_error = None;
    }

    pub(crate) fn last_error(&self) -> Option<&Error> {
        self.last_error.as_ref()
    }

    pub(crate) fn failed(&mut self, error: &Error) {
        *self.failures.entry(error.kind()).or_default() += 1;
        self.last_error = Some(error.clone());
    }
}

impl Stats {
    pub(crate) fn new(
        counters: &Counters,
        entry: &Entry,
        is_refreshing: bool,
        now: Timestamp,
    ) -> Self {
        let counters = counters.clone();
        let expires_at = entry.deadlines().and_then(|deadlines| deadlines.expires_at);
        Self {
            refreshes: counters.refreshes,
            failures: counters.failures,
            abandoned: counters.abandoned,
            stale_served: counters.stale_served,
            backed_off: counters.backed_off,
            invalidations: counters.invalidations,
            last_error: counters.last_error,
            refreshed_at: counters.refreshed_at,
            deadlines: entry.deadlines().copied(),
            phase: entry.phase_at(now),
            is_refreshing,
            is_backed_off: entry.hold_at(now).is_some(),
            next_refresh_at: entry.next_attempt_at().filter(|at| *at > now),
            time_to_expiry: expires_at.map(|expiry| expiry.since(now)),
        }
    }

    /// The same with its instants as another clock shows them.
    pub(crate) fn shown_by(self, shown: impl Fn(Timestamp) -> Timestamp) -> Self {
        let deadlines = self.deadlines.map(|deadlines| deadlines.shown_by(&shown));
        Self {
            deadlines,
            refreshed_at: self.refreshed_at.map(&shown),
            next_refresh_at: self.next_refresh_at.map(&shown),
            ..self
        }
    }

    /// Refreshes that failed, of whatever kind.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.failures.values().sum()
    }
}
