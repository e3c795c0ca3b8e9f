mod manual;
mod steady;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

pub use self::manual::ManualClock;
use crate::Timestamp;

/// What time it is: the one way in which time enters these crates.
///
/// A cheap handle. The system's clock unless a test or a skew correction says
/// otherwise: see [`ManualClock`] and [`Clock::custom`].
#[derive(Clone, Default)]
pub struct Clock(Reading);

/// An enum and not only the trait object, so that the usual clocks cost no
/// indirect call on a cache's hit path.
#[derive(Clone, Default)]
enum Reading {
    #[default]
    System,
    #[cfg(all(feature = "coarse-clock", any(target_os = "linux", target_os = "android")))]
    Coarse,
    Custom(Arc<dyn TimeSource>),
}

impl Clock {
    /// The system's wall clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Reading::System)
    }

    /// The system's wall clock as of the kernel's last tick, a few milliseconds
    /// late and several times cheaper to read.
    ///
    /// Elsewhere than on Linux this is [`Clock::system`].
    #[cfg(feature = "coarse-clock")]
    #[cfg_attr(docsrs, doc(cfg(feature = "coarse-clock")))]
    #[must_use]
    pub fn coarse() -> Self {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        return Self(Reading::Coarse);
        #[cfg(not(any(target_os = "linux", target_os = "android")))]
        return Self::system();
    }

    /// A clock of the caller's own.
    pub fn custom(source: impl TimeSource + 'static) -> Self {
        Self(Reading::Custom(Arc::new(source)))
    }

    /// The time now.
    // Inline, as a cache asks at each hit and a program built without link-time
    // optimization would pay for the call.
    #[inline]
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Reading::System => read_system(),
            #[cfg(all(feature = "coarse-clock", any(target_os = "linux", target_os = "android")))]
            Reading::Coarse => read_coarse(),
            Reading::Custom(source) => source.now(),
        }
    }

    /// The time that has passed since an instant that stays the same, whatever the wall
    /// clock is set to. Compare it with an earlier reading.
    ///
    /// On Linux it is `CLOCK_BOOTTIME` (with feature `coarse-clock`), which also counts the
    /// time in which the machine sleeps. A virtual machine that is paused does not see the
    /// time of the pause. `None` if a custom clock does not say.
    #[must_use]
    pub fn since_boot(&self) -> Option<Duration> {
        match &self.0 {
            Reading::Custom(source) => source.since_boot(),
            _ => Some(steady::since_boot()),
        }
    }

    /// Like [`since_boot`](Self::since_boot), several times cheaper to read: as of the
    /// kernel's last tick, and without the time in which the machine sleeps.
    #[must_use]
    pub fn uptime(&self) -> Option<Duration> {
        match &self.0 {
            Reading::Custom(source) => source.since_boot(),
            _ => Some(steady::uptime()),
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Reading::System => f.write_str("Clock::system"),
            #[cfg(all(feature = "coarse-clock", any(target_os = "linux", target_os = "android")))]
            Reading::Coarse => f.write_str("Clock::coarse"),
            Reading::Custom(source) => f.debug_tuple("Clock::custom").field(source).finish(),
        }
    }
}

/// A source of the time, for [`Clock::custom`].
///
/// It may stand still and it may go back: wall clocks do.
pub trait TimeSource: fmt::Debug + Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// See [`Clock::since_boot`]; `None` if nothing is known of it.
    ///
    /// Time that passes for [`now`](Self::now) passes here too. A setting of the clock does
    /// not show here.
    fn since_boot(&self) -> Option<Duration> {
        None
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
fn read_system() -> Timestamp {
    Timestamp::from(SystemTime::now())
}

#[cfg(all(feature = "coarse-clock", any(target_os = "linux", target_os = "android")))]
#[inline]
fn read_coarse() -> Timestamp {
    let tick = rustix::time::clock_gettime(rustix::time::ClockId::RealtimeCoarse);
    let nanos = u64::try_from(tick.tv_nsec).unwrap_or(0);
    let seconds = Timestamp::from_unix_seconds(tick.tv_sec);
    Timestamp::from_unix_nanos(seconds.unix_nanos().saturating_add(nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_clock_is_past_2025() {
        assert!(Clock::system().now() > Timestamp::from_unix_seconds(1_735_689_600));
    }

    #[test]
    fn steady_readings_do_not_go_back() {
        let clock = Clock::system();
        let (since_boot, uptime) = (clock.since_boot(), clock.uptime());

        assert!(clock.since_boot() >= since_boot);
        assert!(clock.uptime() >= uptime);
        assert!(since_boot > Some(Duration::ZERO));
    }

    #[cfg(feature = "coarse-clock")]
    #[test]
    fn the_coarse_clock_is_the_system_clock_of_the_last_tick() {
        let before = Clock::system().now();

        let coarse = Clock::coarse().now();

        // A tick is at most 10 ms (CONFIG_HZ=100); a second leaves room for being descheduled in between.
        let second = Duration::from_secs(1);
        assert!(coarse + second > before && before + second > coarse);
    }
}
