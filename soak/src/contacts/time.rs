//! What time it is for a cache, and what it cannot know of that.

use std::time::Duration;

use stscreds_core::{Error, ErrorKind, Timestamp};
use tokio::time::Instant;

use super::Contacts;
use crate::schedule::RHYTHM;
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

    /// Whether an error is one that comes once after the clock was set: the SDK signs by what it knew of the clock from the call before, and
    /// does not try again once it sees that the clock is right.
    pub(super) fn forgives(&self, error: &Error) -> bool {
        if error.kind() != ErrorKind::ClockSkew {
            return false;
        }
        let (mut state, jumps, now) = (lock(&self.state), self.wall.jumps(), Instant::now());
        let (_, since) = match state.forgiven {
            Some(forgiven) if forgiven.0 == jumps => forgiven,
            _ => *state.forgiven.insert((jumps, now)),
        };
        // One call of each cache on the way, and who waited for it.
        now - since <= 2 * RHYTHM * self.depth
    }

    /// Whether the cache knows what time it is for STS: it corrects what arrives, and not what is there when the clock is set.
    pub(super) fn knows_the_time(&self) -> bool {
        self.time == Time::ThisMachine || lock(&self.state).jumps == Some(self.wall.jumps())
    }
}

/// The `Date` of an answer is as old as the answer took, up to the client's limit, and differences of less than five seconds count as none.
const SKEW_SLACK: Duration = Duration::from_secs(65);
