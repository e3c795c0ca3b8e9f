use std::sync::atomic::{AtomicU64, Ordering, fence};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use stscreds_core::{Clock, TimeSource, Timestamp};

use super::ClockSkew;

/// The server's time, as a clock.
///
/// Two coarse readings and a few loads for as long as the wall clock and the steady one go
/// together and nothing new was observed. When they part, the machine slept or the wall
/// clock was set, and the server's time is worked out anew.
#[derive(Debug)]
pub(crate) struct ServerClock {
    local: Clock,
    skew: ClockSkew,
    last: Last,
}

/// What was found when the server's time was worked out.
#[derive(Debug, Clone, Copy)]
struct Look {
    observation: u64,
    /// The wall clock less the steady one.
    parting: Timestamp,
    /// The wall clock, and the server's at the same time.
    wall: Timestamp,
    server: Timestamp,
}

impl ServerClock {
    pub(crate) fn new(local: Clock, skew: ClockSkew) -> Self {
        skew.measured_by(&local);
        let last = Last::default();
        last.write(look(&local, &skew));
        Self { local, skew, last }
    }
}

impl TimeSource for ServerClock {
    fn now(&self) -> Timestamp {
        let (wall, uptime) = (self.local.now(), self.local.uptime());
        if let Some(last) = self.last.read()
            && distance(parting(wall, uptime), last.parting) < TOLERANCE
            && last.observation == self.skew.number()
        {
            return shifted(wall, last.wall, last.server);
        }
        let look = look(&self.local, &self.skew);
        self.last.write(look);
        shifted(wall, look.wall, look.server)
    }

    fn since_boot(&self) -> Option<Duration> {
        self.local.since_boot()
    }
}

/// The last look, for readers without a lock: a sequence lock.
///
/// With an `ArcSwap` in its place a hit took 62 instructions more.
#[derive(Debug, Default)]
struct Last {
    /// Odd while somebody writes. A reader that finds the same even number before and after
    /// has read one look, and not parts of two.
    version: AtomicU64,
    parts: [AtomicU64; 4],
    writing: Mutex<()>,
}

impl Last {
    fn read(&self) -> Option<Look> {
        // Acquire, with the last store of `write`: the parts are at least that new.
        let before = self.version.load(Ordering::Acquire);
        let [observation, parting, wall, server] =
            [0, 1, 2, 3].map(|part: usize| self.parts[part].load(Ordering::Relaxed));
        // With the fence of `write`: parts of a later look bring its odd number along.
        fence(Ordering::Acquire);
        let is_whole = before & 1 == 0 && self.version.load(Ordering::Relaxed) == before;
        let [parting, wall, server] = [parting, wall, server].map(Timestamp::from_unix_nanos);
        is_whole.then_some(Look { observation, parting, wall, server })
    }

    fn write(&self, look: Look) {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let version = self.version.load(Ordering::Relaxed);
        self.version.store(version.wrapping_add(1), Ordering::Relaxed);
        fence(Ordering::Release);
        let Look { observation, parting, wall, server } = look;
        let [parting, wall, server] = [parting, wall, server].map(Timestamp::unix_nanos);
        let parts = [observation, parting, wall, server];
        for (part, value) in self.parts.iter().zip(parts) {
            part.store(value, Ordering::Relaxed);
        }
        self.version.store(version.wrapping_add(2), Ordering::Release);
    }
}

fn look(local: &Clock, skew: &ClockSkew) -> Look {
    // Before the reading: an observation that comes in between is found at the next one.
    let observation = skew.number();
    let (wall, uptime) = (local.now(), local.uptime());
    Look { observation, parting: parting(wall, uptime), wall, server: skew.server_now(wall) }
}

/// What the one clock shows at `at` of the other, when the other showed `then` as it showed
/// `shown`.
pub(crate) fn shifted(at: Timestamp, then: Timestamp, shown: Timestamp) -> Timestamp {
    if at >= then { shown + at.since(then) } else { shown - then.since(at) }
}

/// The wall clock less the steady one. Without a steady one, nothing ever parts from it.
fn parting(wall: Timestamp, uptime: Option<Duration>) -> Timestamp {
    uptime.map_or(Timestamp::EPOCH, |uptime| wall - uptime)
}

fn distance(one: Timestamp, other: Timestamp) -> Duration {
    one.since(other).max(other.since(one))
}

/// More than two coarse readings on both sides of a tick differ by, and less than matters.
const TOLERANCE: Duration = Duration::from_millis(500);

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use super::*;

    const fn at(second: i64) -> Timestamp {
        Timestamp::from_unix_seconds(second)
    }

    /// Every part of each look is the same number.
    #[test]
    fn a_reader_never_gets_parts_of_two_looks() {
        let last = Arc::new(Last::default());
        let writers = [0, 1].map(|first| {
            let last = Arc::clone(&last);
            thread::spawn(move || {
                for number in (first..20_000_i64).step_by(2) {
                    let observation = at(number).unix_nanos();
                    let (parting, wall, server) = (at(number), at(number), at(number));
                    last.write(Look { observation, parting, wall, server });
                }
            })
        });

        while !writers.iter().all(thread::JoinHandle::is_finished) {
            if let Some(look) = last.read() {
                let parts = [look.parting, look.wall, look.server];
                assert!(parts.iter().all(|part| part.unix_nanos() == look.observation), "{look:?}");
            }
        }
        assert!(last.read().is_some());
    }
}
