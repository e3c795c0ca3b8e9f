use std::ops::Range;
use std::time::Duration;

use stscreds_core::{Error, Timestamp};

/// The source is left alone for a while, because of a failure.
///
/// It has two ends so that a clock that is set back ends it, rather than makes it
/// last for as long as the clock was wrong.
#[derive(Debug, Clone)]
pub(crate) struct Hold {
    error: Error,
    from: Timestamp,
    until: Timestamp,
    is_told: bool,
}

impl Hold {
    /// None if there is no pause to make.
    pub(super) fn new(error: &Error, from: Timestamp, pause: Duration) -> Option<Self> {
        let hold = || Self { error: error.clone(), from, until: from + pause, is_told: false };
        (!pause.is_zero()).then(hold)
    }

    /// The same, over by `until`.
    pub(super) fn until_at_most(self, until: Timestamp) -> Self {
        Self { until: self.until.min(until), ..self }
    }

    /// Notes that a caller met it, and says whether that was the first one.
    pub(super) fn meet(&mut self) -> bool {
        !std::mem::replace(&mut self.is_told, true)
    }

    pub(super) fn covers(&self, now: Timestamp) -> bool {
        self.span().contains(&now)
    }

    pub(super) fn span(&self) -> Range<Timestamp> {
        self.from - LATE_READING..self.until
    }

    pub(crate) fn error(&self) -> &Error {
        &self.error
    }

    pub(crate) fn until(&self) -> Timestamp {
        self.until
    }
}

/// Callers read the clock before they wait for the slot's mutex, and the failure may
/// come in between: a reading from a little before it is no clock that was set back.
pub(super) const LATE_READING: Duration = Duration::from_secs(5);
