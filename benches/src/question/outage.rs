use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;

use super::reads::{filled, reads};
use crate::clock;
use crate::contender::Entry;
use crate::upstream::{Refused, Upstream};

/// What callers noticed of an outage of the upstream.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OutageAnswer {
    /// How many reads came.
    pub reads: usize,
    /// Reads that failed.
    pub failed: usize,
    /// Reads that took more than 5 ms.
    pub slow: usize,
    /// Reads that were slow or failed, each counted once.
    pub troubled: usize,
    /// The slowest read, in milliseconds.
    pub slowest_ms: f64,
    /// Calls to the upstream, the first fill not counted.
    pub calls: u64,
}

/// Credentials that live for a second may be refreshed from 600 ms on, and the upstream
/// is down from 550 to 850 ms: over before they expire.
///
/// # Errors
///
/// [`Refused`] if the cache could not be filled.
pub fn short_outage(entry: &Entry, runtime: &Runtime) -> Result<OutageAnswer, Refused> {
    ride_out(entry, Duration::from_millis(300), Duration::from_millis(1_300), runtime)
}

/// The same with an outage of 2 s, which nobody can bridge: what matters is how soon
/// callers are told.
///
/// # Errors
///
/// [`Refused`] if the cache could not be filled.
pub fn long_outage(entry: &Entry, runtime: &Runtime) -> Result<OutageAnswer, Refused> {
    ride_out(entry, Duration::from_secs(2), Duration::from_millis(2_400), runtime)
}

fn ride_out(
    entry: &Entry,
    down_for: Duration,
    watched_for: Duration,
    runtime: &Runtime,
) -> Result<OutageAnswer, Refused> {
    let upstream = Upstream::new(LATENCY, LIFE, AHEAD);
    let cache = filled(entry, &upstream, runtime)?;
    let filled_at = clock::instant();
    let reads = thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(DOWN_FROM.saturating_sub(filled_at.elapsed()));
            upstream.go_down();
            thread::sleep((DOWN_FROM + down_for).saturating_sub(filled_at.elapsed()));
            upstream.come_up();
        });
        reads(&cache, PER_SECOND, watched_for, runtime)
    });
    let count = |of: &dyn Fn(&super::reads::Read) -> bool| reads.iter().filter(|r| of(r)).count();
    let slowest = reads.iter().map(|read| read.took).max().unwrap_or_default();
    Ok(OutageAnswer {
        reads: reads.len(),
        failed: count(&|read| read.outcome.is_err()),
        slow: count(&|read| read.is_slow()),
        troubled: count(&|read| read.is_slow() || read.outcome.is_err()),
        slowest_ms: slowest.as_secs_f64() * 1e3,
        calls: upstream.calls() - 1,
    })
}

const LATENCY: Duration = Duration::from_millis(50);
const LIFE: Duration = Duration::from_secs(1);
const AHEAD: Duration = Duration::from_millis(400);
const DOWN_FROM: Duration = Duration::from_millis(550);
const PER_SECOND: u32 = 1_500;
