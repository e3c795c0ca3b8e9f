use std::time::Duration;

use arc_swap::ArcSwap;
use stscreds_core::{Clock, TimeSource, Timestamp};

use super::ClockSkew;

/// The server's time, as a clock.
///
/// Two coarse readings and a pointer for as long as the wall clock and the steady one go
/// together and nothing new was observed. When they part, the machine slept or the wall
/// clock was set, and the server's time is worked out anew.
#[derive(Debug)]
pub(crate) struct ServerClock {
    local: Clock,
    skew: ClockSkew,
    last: ArcSwap<Look>,
}

/// What was found when the server's time was worked out.
#[derive(Debug)]
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
        let last = ArcSwap::from_pointee(look(&local, &skew));
        Self { local, skew, last }
    }
}

impl TimeSource for ServerClock {
    fn now(&self) -> Timestamp {
        let (wall, uptime) = (self.local.now(), self.local.uptime());
        let last = self.last.load();
        let parted = distance(parting(wall, uptime), last.parting);
        if parted < TOLERANCE && last.observation == self.skew.number() {
            return shifted(wall, last.wall, last.server);
        }
        drop(last);
        let look = look(&self.local, &self.skew);
        let now = shifted(wall, look.wall, look.server);
        self.last.store(look.into());
        now
    }

    fn since_boot(&self) -> Option<Duration> {
        self.local.since_boot()
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
