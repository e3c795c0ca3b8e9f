use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use stscreds_core::Timestamp;
use tokio::time::Instant;

/// The clocks on the wall: STS's, which follows the runtime's paused time, and this machine's,
/// which may be off.
#[derive(Debug, Clone)]
pub struct Wall {
    began: Instant,
    off_by: Arc<AtomicI64>,
    jumps: Arc<AtomicU64>,
}

/// By which of the clocks a cache goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Time {
    /// That of this machine, right or wrong.
    ThisMachine,
    /// STS's, as far as its answers tell.
    Sts,
}

impl Wall {
    pub(crate) fn new() -> Self {
        Self { began: Instant::now(), off_by: Arc::default(), jumps: Arc::default() }
    }

    /// How long the run has taken so far.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    pub(crate) fn of_sts(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + BEGIN + self.elapsed()
    }

    pub(crate) fn of_this_machine(&self) -> Timestamp {
        Timestamp::from(self.shifted())
    }

    pub(crate) fn of(&self, time: Time) -> Timestamp {
        match time {
            Time::ThisMachine => self.of_this_machine(),
            Time::Sts => Timestamp::from(self.of_sts()),
        }
    }

    /// Sets this machine's clock to so many seconds before or after STS's.
    pub(crate) fn set_off_by(&self, seconds: i64) {
        self.off_by.store(seconds, Ordering::Relaxed);
        self.jumps.fetch_add(1, Ordering::Relaxed);
    }

    /// How often this machine's clock was set.
    pub(crate) fn jumps(&self) -> u64 {
        self.jumps.load(Ordering::Relaxed)
    }

    fn shifted(&self) -> SystemTime {
        let off_by = self.off_by.load(Ordering::Relaxed);
        let by = Duration::from_secs(off_by.unsigned_abs());
        if off_by < 0 { self.of_sts() - by } else { self.of_sts() + by }
    }
}

impl stscreds_core::TimeSource for Wall {
    fn now(&self) -> Timestamp {
        self.of_this_machine()
    }

    fn since_boot(&self) -> Option<Duration> {
        Some(self.elapsed())
    }
}

impl aws_smithy_async::time::TimeSource for Wall {
    fn now(&self) -> SystemTime {
        self.shifted()
    }
}

/// 2030-03-17T17:46:40Z: a whole step of MFA codes.
const BEGIN: Duration = Duration::from_secs(1_900_000_000);
