use std::time::Duration;

use stscreds_core::Timestamp;

use super::hold::LATE_READING;

/// The time after the replacement of a rejected value in which a rejection of the
/// replacement counts as a repeated one.
///
/// Only this much time without a rejection ends it. A refresh that succeeds does not,
/// as the service may reject each value that a refresh brings.
#[derive(Debug, Clone)]
pub(super) struct Trial {
    began: Timestamp,
    repeats: u32,
}

impl Trial {
    /// A value arrives in place of a rejected one.
    pub(super) fn begin(earlier: Option<Self>, now: Timestamp) -> Self {
        Self { began: now, repeats: earlier.map_or(0, |trial| trial.repeats) }
    }

    /// The value is rejected as well.
    pub(super) fn repeated(self) -> Self {
        Self { repeats: self.repeats.saturating_add(1), ..self }
    }

    /// How many replacements in a row were rejected.
    pub(super) fn repeats(&self) -> u32 {
        self.repeats
    }

    pub(super) fn covers(&self, now: Timestamp) -> bool {
        (self.began - LATE_READING..self.began + TRIAL).contains(&now)
    }
}

/// Long enough for the second attempt of a request and for a client that calls once in a
/// while; far below what a session lives that a service accepts.
const TRIAL: Duration = Duration::from_secs(60);
