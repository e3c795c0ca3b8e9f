//! Clocks that nobody sets.

#[cfg(all(feature = "coarse-clock", any(target_os = "linux", target_os = "android")))]
pub(super) use self::kernel::{since_boot, uptime};
#[cfg(not(all(feature = "coarse-clock", any(target_os = "linux", target_os = "android"))))]
pub(super) use self::portable::{since_boot, since_boot as uptime};

#[cfg(all(feature = "coarse-clock", any(target_os = "linux", target_os = "android")))]
mod kernel {
    use std::time::Duration;

    use rustix::time::{ClockId, clock_gettime};

    pub(crate) fn since_boot() -> Duration {
        read(ClockId::Boottime)
    }

    pub(crate) fn uptime() -> Duration {
        read(ClockId::MonotonicCoarse)
    }

    fn read(clock: ClockId) -> Duration {
        let read = clock_gettime(clock);
        let part = |number: i64| u64::try_from(number).unwrap_or(0);
        Duration::from_secs(part(read.tv_sec)) + Duration::from_nanos(part(read.tv_nsec))
    }
}

#[cfg(not(all(feature = "coarse-clock", any(target_os = "linux", target_os = "android"))))]
mod portable {
    use std::sync::LazyLock;
    use std::time::{Duration, Instant};

    /// An instant that stays the same in this process.
    static BEGAN: LazyLock<Instant> = LazyLock::new(now);

    pub(crate) fn since_boot() -> Duration {
        // Not zero, which would be no reading.
        now().saturating_duration_since(*BEGAN) + Duration::from_nanos(1)
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that reads the steady clock")]
    fn now() -> Instant {
        Instant::now()
    }
}
