use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use stscreds_core::Timestamp;
use tokio::time::Instant;

/// The clocks on the wall: STS's, which follows the runtime's paused time, and this machine's,
/// which may be off.
#[derive(Debug, Clone)]
pub struct Wall {
    began: Instant,
    off_by: Arc<AtomicI64>,
}

impl Wall {
    pub(crate) fn new() -> Self {
        Self { began: Instant::now(), off_by: Arc::default() }
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

    /// Sets this machine's clock to so many seconds before or after STS's.
    pub(crate) fn set_off_by(&self, seconds: i64) {
        self.off_by.store(seconds, Ordering::Relaxed);
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
}

impl aws_smithy_async::time::TimeSource for Wall {
    fn now(&self) -> SystemTime {
        self.shifted()
    }
}

/// 2030-03-17T17:46:40Z: a whole step of MFA codes.
const BEGIN: Duration = Duration::from_secs(1_900_000_000);
