use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{Clock, TimeSource};
use crate::Timestamp;

/// A clock that stands still until it is told to move.
///
/// [`advance`](Self::advance) is time that passes, and shows in
/// [`since_boot`](TimeSource::since_boot) too. [`set`](Self::set) is a wall clock that is set,
/// or that jumps while a virtual machine is paused: no time passes.
///
/// Clones are the same clock: keep one, give the other to what is tested.
///
/// ```
/// use std::time::Duration;
/// use stscreds_core::{Clock, ManualClock, Timestamp};
///
/// let manual = ManualClock::at(Timestamp::from_unix_seconds(1_000));
/// let clock = Clock::from(manual.clone());
///
/// manual.advance(Duration::from_secs(60));
///
/// assert_eq!(clock.now(), Timestamp::from_unix_seconds(1_060));
/// ```
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<Hands>);

/// Nanoseconds.
#[derive(Debug)]
struct Hands {
    wall: AtomicU64,
    passed: AtomicU64,
}

// The orderings are sequentially consistent: a test that moves the clock and then signals another thread expects that thread
// to read the new time, and nobody measures this clock.
impl ManualClock {
    /// A clock that shows `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        let [wall, passed] = [now.unix_nanos(), 0].map(AtomicU64::new);
        Self(Arc::new(Hands { wall, passed }))
    }

    /// The time it shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_unix_nanos(self.0.wall.load(Ordering::SeqCst))
    }

    /// Shows `now` from here on, which may be in its past.
    pub fn set(&self, now: Timestamp) {
        self.0.wall.store(now.unix_nanos(), Ordering::SeqCst);
    }

    /// Moves forward, and returns the new time.
    pub fn advance(&self, by: Duration) -> Timestamp {
        let moved = |nanos| Some((Timestamp::from_unix_nanos(nanos) + by).unix_nanos());
        // The closure never declines, so both arms hold the time from before.
        let (Ok(before) | Err(before)) =
            self.0.wall.fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved);
        let (Ok(_) | Err(_)) =
            self.0.passed.fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved);
        Timestamp::from_unix_nanos(before) + by
    }
}

impl TimeSource for ManualClock {
    fn now(&self) -> Timestamp {
        self.now()
    }

    fn since_boot(&self) -> Option<Duration> {
        Some(Duration::from_nanos(self.0.passed.load(Ordering::SeqCst)))
    }
}

impl From<ManualClock> for Clock {
    fn from(manual: ManualClock) -> Self {
        Self::custom(manual)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_moves_only_when_told_and_also_backwards() {
        let manual = ManualClock::at(Timestamp::from_unix_seconds(100));
        let clock = Clock::from(manual.clone());

        assert_eq!(manual.advance(Duration::from_secs(5)), Timestamp::from_unix_seconds(105));
        assert_eq!(clock.now(), Timestamp::from_unix_seconds(105));

        let before = clock.since_boot();
        manual.set(Timestamp::EPOCH);
        assert_eq!(clock.now(), Timestamp::EPOCH);
        assert_eq!(clock.since_boot(), before, "setting a clock lets no time pass");
        manual.advance(Duration::from_secs(7));
        assert_eq!(clock.since_boot(), before.map(|before| before + Duration::from_secs(7)));
        assert_eq!(manual.advance(Duration::MAX), Timestamp::MAX);
    }
}
