mod server_clock;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use stscreds_core::{Clock, Timestamp};

pub(crate) use self::server_clock::{ServerClock, shifted};

/// How far the server's clock is ahead of the local one, as last observed.
///
/// An expiry is an instant of the server's clock. Code that sees a server's response passes
/// its `Date` to [`observe`](Self::observe). A cache that was given the same handle goes by
/// the server's time: the later of the `Date` plus the time that has passed since, and the
/// local clock plus the difference that was seen. So values do not outlive their session,
/// also if the local clock is set later, either way, or if a virtual machine was paused.
/// Without a handle a cache goes by the local clock. With a custom clock, the time that has
/// passed is what its [`since_boot`](stscreds_core::TimeSource::since_boot) says, if it does.
///
/// ```
/// use std::time::Duration;
/// use stscreds_cache::ClockSkew;
/// use stscreds_core::Timestamp;
///
/// let skew = ClockSkew::new();
/// let local = Timestamp::from_unix_seconds(1_800_000_000);
///
/// skew.observe(local + Duration::from_secs(600), local);
///
/// let expiry = local + Duration::from_secs(1_500);
/// assert_eq!(skew.localized(expiry), local + Duration::from_secs(900));
/// ```
#[derive(Debug, Clone)]
pub struct ClockSkew(Arc<Observed>);

#[derive(Debug)]
struct Observed {
    seen: Mutex<Option<Seen>>,
    /// Counts the observations, so that a reader need not take the lock. Release and Acquire:
    /// a reader of a new number takes the lock and finds what belongs to it or is newer.
    number: AtomicU64,
    /// The clock by which time passes between observations.
    clock: OnceLock<Clock>,
    bound: Duration,
}

/// An observation.
#[derive(Debug, Clone, Copy)]
struct Seen {
    server: Timestamp,
    difference: Difference,
    /// The steady clock at that time; `None` if there was no clock yet.
    since_boot: Option<Duration>,
}

/// How far the server is ahead or behind.
#[derive(Debug, Clone, Copy)]
enum Difference {
    Ahead(Duration),
    Behind(Duration),
}

impl Difference {
    fn server(self, local: Timestamp) -> Timestamp {
        match self {
            Self::Ahead(by) => local + by,
            Self::Behind(by) => local - by,
        }
    }

    fn local(self, server: Timestamp) -> Timestamp {
        match self {
            Self::Ahead(by) => server - by,
            Self::Behind(by) => server + by,
        }
    }
}

impl ClockSkew {
    /// A skew of nothing, which observations of up to a day change.
    ///
    /// A day covers a clock in the wrong time zone. What is further off says more about
    /// the sender of the `Date` than about the clock, and is not believed.
    #[must_use]
    pub fn new() -> Self {
        Self::bounded(DAY)
    }

    /// A skew of nothing, which observations of up to `bound` change; a day at most.
    #[must_use]
    pub fn bounded(bound: Duration) -> Self {
        Self(Arc::new(Observed {
            seen: Mutex::new(None),
            number: AtomicU64::new(0),
            clock: OnceLock::new(),
            bound: bound.min(DAY),
        }))
    }

    /// The server's clock showed `server` when the local one showed `local`.
    ///
    /// A difference of less than five seconds counts as none: a `Date` has whole seconds, and
    /// the response takes time to arrive.
    pub fn observe(&self, server: Timestamp, local: Timestamp) {
        let (ahead, behind) = (server.since(local), local.since(server));
        let amount = ahead.max(behind);
        if amount > self.0.bound {
            return;
        }
        let difference = match amount < NOISE {
            true => Difference::Ahead(Duration::ZERO),
            false if ahead >= behind => Difference::Ahead(ahead),
            false => Difference::Behind(behind),
        };
        let since_boot = self.0.clock.get().and_then(Clock::since_boot);
        let mut seen = self.seen();
        *seen = Some(Seen { server, difference, since_boot });
        self.0.number.fetch_add(1, Ordering::Release);
    }

    /// What the local clock shows when the server's shows `server`, by the difference that
    /// was observed last.
    #[must_use]
    pub fn localized(&self, server: Timestamp) -> Timestamp {
        let seen = *self.seen();
        seen.map_or(server, |seen| seen.difference.local(server))
    }

    /// Time passes by this clock, unless another cache has brought one.
    pub(crate) fn measured_by(&self, clock: &Clock) {
        self.0.clock.get_or_init(|| clock.clone());
    }

    fn number(&self) -> u64 {
        self.0.number.load(Ordering::Acquire)
    }

    /// The server's time when the local clock shows `local`.
    fn server_now(&self, local: Timestamp) -> Timestamp {
        let mut seen = self.seen();
        let Some(seen) = &mut *seen else { return local };
        let by_wall = seen.difference.server(local);
        let Some(since_boot) = self.0.clock.get().and_then(Clock::since_boot) else {
            return by_wall;
        };
        let Some(then) = seen.since_boot else {
            // Observed before there was a clock: time is measured from now on.
            (seen.server, seen.since_boot) = (by_wall, Some(since_boot));
            return by_wall;
        };
        by_wall.max(seen.server + since_boot.saturating_sub(then))
    }

    fn seen(&self) -> MutexGuard<'_, Option<Seen>> {
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for ClockSkew {
    fn default() -> Self {
        Self::new()
    }
}

const DAY: Duration = Duration::from_secs(24 * 3_600);

const NOISE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    const LOCAL: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_newest_believable_observation_counts() {
        let skew = ClockSkew::new();

        skew.observe(LOCAL + seconds(600), LOCAL);
        assert_eq!(skew.localized(LOCAL), LOCAL - seconds(600));

        skew.observe(LOCAL - seconds(60), LOCAL);
        assert_eq!(skew.localized(LOCAL), LOCAL + seconds(60));

        skew.observe(LOCAL + seconds(2 * 86_400), LOCAL);
        assert_eq!(skew.localized(LOCAL), LOCAL + seconds(60));

        skew.observe(LOCAL + seconds(5), LOCAL);
        assert_eq!(skew.localized(LOCAL), LOCAL - seconds(5));

        skew.observe(LOCAL + seconds(86_400), LOCAL);
        assert_eq!(skew.localized(LOCAL), LOCAL - seconds(86_400));

        skew.observe(LOCAL + seconds(4), LOCAL);
        assert_eq!(skew.localized(LOCAL), LOCAL);
    }

    #[test]
    fn a_bound_of_its_own_holds_and_nothing_overflows() {
        let skew = ClockSkew::bounded(seconds(100));
        skew.observe(LOCAL - seconds(101), LOCAL);
        assert_eq!(skew.localized(LOCAL), LOCAL);

        skew.observe(LOCAL - seconds(100), LOCAL);
        assert_eq!(skew.localized(LOCAL), LOCAL + seconds(100));
        assert_eq!(skew.localized(Timestamp::MAX), Timestamp::MAX);

        skew.observe(LOCAL + seconds(100), LOCAL);
        assert_eq!(skew.localized(Timestamp::EPOCH), Timestamp::EPOCH);

        let unbounded = ClockSkew::bounded(Duration::MAX);
        unbounded.observe(Timestamp::MAX, Timestamp::EPOCH);
        unbounded.observe(LOCAL + seconds(86_401), LOCAL);
        assert_eq!(unbounded.localized(LOCAL), LOCAL, "a day at most");
    }
}
