use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use stscreds_core::Timestamp;

/// How far the server's clock is ahead of the local one, as last observed.
///
/// An expiry is an instant of the server's clock, and phases are instants of the local
/// one. Whoever sees a server's answer tells its `Date` to [`observe`](Self::observe);
/// a cache that was given the same handle corrects the expiry of what it installs from
/// then on. Without a handle a cache corrects nothing.
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
    /// Nanoseconds by which the server is ahead; negative if it is behind.
    // Relaxed throughout: one number that nothing else depends on.
    ahead: AtomicI64,
    bound: Duration,
}

impl ClockSkew {
    /// A skew of nothing, which observations of up to a day change.
    ///
    /// A day covers a clock in the wrong time zone. What is further off says more about
    /// whoever wrote the `Date` than about the clock, and is not believed.
    #[must_use]
    pub fn new() -> Self {
        Self::bounded(DAY)
    }

    /// A skew of nothing, which observations of up to `bound` change; a day at most.
    #[must_use]
    pub fn bounded(bound: Duration) -> Self {
        Self(Arc::new(Observed { ahead: AtomicI64::new(0), bound: bound.min(DAY) }))
    }

    /// The server's clock showed `server` when the local one showed `local`.
    ///
    /// Less than five seconds count as none: a `Date` has whole seconds, and the
    /// answer takes time to arrive.
    pub fn observe(&self, server: Timestamp, local: Timestamp) {
        let (ahead, behind) = (server.since(local), local.since(server));
        let amount = ahead.max(behind);
        if amount > self.0.bound {
            return;
        }
        let nanos = match amount < NOISE {
            true => 0,
            // Within a day, and so within the type.
            false => i64::try_from(amount.as_nanos()).unwrap_or(0),
        };
        let signed = if ahead >= behind { nanos } else { -nanos };
        self.0.ahead.store(signed, Ordering::Relaxed);
    }

    /// What the local clock shows when the server's shows `server`.
    #[must_use]
    pub fn localized(&self, server: Timestamp) -> Timestamp {
        let ahead = self.0.ahead.load(Ordering::Relaxed);
        let amount = Duration::from_nanos(ahead.unsigned_abs());
        if ahead >= 0 { server - amount } else { server + amount }
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
