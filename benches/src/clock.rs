//! Every reading of time that a measurement needs.

#![expect(clippy::disallowed_methods, reason = "the one place that reads the system's clocks")]

use std::time::{Duration, Instant, SystemTime};

/// The wall clock.
#[inline]
#[must_use]
pub fn precise() -> SystemTime {
    SystemTime::now()
}

/// The monotonic clock.
#[inline]
#[must_use]
pub fn instant() -> Instant {
    Instant::now()
}

/// The wall clock as of the kernel's last tick; elsewhere than on Linux the precise one.
#[inline]
#[must_use]
pub fn coarse() -> SystemTime {
    #[cfg(target_os = "linux")]
    {
        let tick = rustix::time::clock_gettime(rustix::time::ClockId::RealtimeCoarse);
        SystemTime::UNIX_EPOCH + elapsed(tick)
    }
    #[cfg(not(target_os = "linux"))]
    precise()
}

/// The CPU time that this thread has used; elsewhere than on Linux, where a descheduled
/// thread cannot be told from a slow one, time that has passed.
#[must_use]
pub fn thread_cpu() -> Duration {
    #[cfg(target_os = "linux")]
    {
        elapsed(rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime))
    }
    #[cfg(not(target_os = "linux"))]
    since_start()
}

/// The CPU time that the whole process has used, with the same caveat.
#[must_use]
pub fn process_cpu() -> Duration {
    #[cfg(target_os = "linux")]
    {
        elapsed(rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime))
    }
    #[cfg(not(target_os = "linux"))]
    since_start()
}

#[cfg(target_os = "linux")]
fn elapsed(time: rustix::time::Timespec) -> Duration {
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let nanos = u32::try_from(time.tv_nsec).unwrap_or(0);
    Duration::new(seconds, nanos)
}

#[cfg(not(target_os = "linux"))]
fn since_start() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(instant).elapsed()
}
