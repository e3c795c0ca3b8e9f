//! What time it is for a cache, and what it cannot know of that.

use std::time::Duration;

use stscreds_core::Timestamp;

use super::Contacts;
use crate::wall::Time;
use crate::watch::lock;

impl Contacts {
    /// What time it is for the cache, more or less.
    pub(super) fn now(&self) -> Timestamp {
        self.wall.of(self.time)
    }

    /// How far the cache may be off that.
    pub(super) fn slack(&self) -> Duration {
        match self.time {
            Time::ThisMachine => Duration::ZERO,
            Time::Sts => SKEW_SLACK,
        }
    }

    /// Whether the cache knows what time it is for STS: it corrects what arrives, and not what is there when the clock is set.
    pub(super) fn knows_the_time(&self) -> bool {
        self.time == Time::ThisMachine || lock(&self.state).jumps == Some(self.wall.jumps())
    }
}

/// The `Date` of an answer is as old as the answer took, up to the client's limit, and differences of less than five seconds count as none.
const SKEW_SLACK: Duration = Duration::from_secs(65);
