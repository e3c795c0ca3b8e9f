//! What time it is inside the fake.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant, SystemTime};

use jiff::{SignedDuration, Timestamp};

/// A handle on the time that everything in one fake follows.
///
/// Issued credentials, their expiry, the window of signatures, MFA codes, tokens and the `Date` header all read this clock. It starts as the
/// real time; it can be frozen, set and advanced. Clones share one clock.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use fake_sts::clock::Clock;
///
/// let clock = Clock::default();
/// clock.set(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000))?;
/// clock.freeze();
/// let before = clock.now();
/// clock.advance(Duration::from_secs(3600));
/// assert_eq!(clock.now().duration_since(before).unwrap(), Duration::from_secs(3600));
/// # Ok::<(), fake_sts::clock::ClockError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Clock {
    mode: Arc<RwLock<Mode>>,
    watchers: Arc<Watchers>,
}

/// Something that must learn at once when a clock is moved.
pub(crate) trait Watcher: Send + Sync {
    /// The virtual time after the move. Called by the code that moved the clock.
    fn moved(&self, now: SystemTime);
}

#[derive(Default)]
struct Watchers(Mutex<Vec<Weak<dyn Watcher>>>);

impl fmt::Debug for Watchers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watchers")
    }
}

/// Whether virtual time runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Motion {
    /// It runs as fast as real time, at some distance from it.
    Running,
    /// It stands still until it is set, advanced or let run.
    Frozen,
}

/// A time that the clock cannot show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClockError {
    /// STS has no times before 1970-01-01T00:00:00Z.
    #[error("the clock cannot be set before 1970-01-01T00:00:00Z; give a later time")]
    BeforeEpoch,
    /// Dates on the wire have four digits for the year.
    #[error("the clock cannot be set past the year 9999; give an earlier time")]
    TooLate,
}

impl Clock {
    /// A clock that stands still at a time.
    ///
    /// # Errors
    ///
    /// When the time is before 1970 or past the year 9999.
    pub fn frozen_at(time: SystemTime) -> Result<Self, ClockError> {
        let mode = Mode::Frozen(checked(time)?);
        Ok(Self { mode: Arc::new(RwLock::new(mode)), watchers: Arc::default() })
    }

    /// The virtual time.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        self.timestamp().into()
    }

    /// Stops time where it is.
    pub fn freeze(&self) {
        self.update(|mode, real| Mode::Frozen(mode.now(real)));
    }

    /// Lets time run on from where it is.
    pub fn run(&self) {
        self.update(|mode, real| Mode::at(mode.now(real), Motion::Running, real));
    }

    /// Returns to real time.
    pub fn reset(&self) {
        self.update(|_, _| Mode::default());
    }

    /// Moves to a time, forward or back; a frozen clock stays frozen, a running one runs on from there.
    ///
    /// # Errors
    ///
    /// When the time is before 1970 or past the year 9999; the clock keeps its time then.
    pub fn set(&self, time: SystemTime) -> Result<(), ClockError> {
        let time = checked(time)?;
        self.update(|mode, real| Mode::at(time, mode.motion(), real));
        Ok(())
    }

    /// Moves forward, at most to the end of the year 9999.
    pub fn advance(&self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        self.update(|mode, real| {
            let later = mode.now(real).saturating_add(by).unwrap_or(Timestamp::MAX);
            Mode::at(later, mode.motion(), real)
        });
    }

    /// Whether time runs.
    #[must_use]
    pub fn motion(&self) -> Motion {
        self.read().motion()
    }

    /// What [`restore`](Self::restore) takes back.
    pub(crate) fn moment(&self) -> Moment {
        Moment(self.read())
    }

    /// Goes on as it did at that moment: a frozen clock stands where it stood, a running one is as far from real time as it was.
    pub(crate) fn restore(&self, moment: Moment) {
        self.update(|_, _| moment.0);
    }

    /// The virtual time, in the form that the inside of the fake uses.
    pub(crate) fn timestamp(&self) -> Timestamp {
        self.read().now(real_time())
    }

    fn read(&self) -> Mode {
        *self.mode.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn update(&self, change: impl FnOnce(Mode, Timestamp) -> Mode) {
        {
            let mut mode = self.mode.write().unwrap_or_else(PoisonError::into_inner);
            *mode = change(*mode, real_time());
        }
        let mut watchers = self.watchers.0.lock().unwrap_or_else(PoisonError::into_inner);
        watchers.retain(|watcher| watcher.strong_count() > 0);
        let present = watchers.iter().filter_map(Weak::upgrade).collect::<Vec<_>>();
        drop(watchers);
        for watcher in present {
            watcher.moved(self.now());
        }
    }

    /// Calls this whenever the clock is moved, as long as it lives.
    pub(crate) fn watched_by(&self, watcher: Weak<dyn Watcher>) {
        self.watchers.0.lock().unwrap_or_else(PoisonError::into_inner).push(watcher);
    }
}

/// How a clock was going at some time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment(Mode);

/// How virtual time follows from real time.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mode {
    Offset(SignedDuration),
    Frozen(Timestamp),
}

impl Mode {
    fn at(time: Timestamp, motion: Motion, real: Timestamp) -> Self {
        match motion {
            Motion::Frozen => Self::Frozen(time),
            Motion::Running => Self::Offset(time.duration_since(real)),
        }
    }

    fn now(self, real: Timestamp) -> Timestamp {
        match self {
            Self::Frozen(time) => time,
            Self::Offset(offset) => real.saturating_add(offset).unwrap_or(Timestamp::MAX),
        }
    }

    fn motion(self) -> Motion {
        match self {
            Self::Offset(_) => Motion::Running,
            Self::Frozen(_) => Motion::Frozen,
        }
    }
}

impl Default for Mode {
    fn default() -> Self {
        Self::Offset(SignedDuration::ZERO)
    }
}

fn checked(time: SystemTime) -> Result<Timestamp, ClockError> {
    if time < SystemTime::UNIX_EPOCH {
        return Err(ClockError::BeforeEpoch);
    }
    Timestamp::try_from(time).map_err(|_| ClockError::TooLate)
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the system clock")]
pub(crate) fn real_time() -> Timestamp {
    Timestamp::try_from(SystemTime::now()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Measures real time, whatever the virtual clock does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch {
    started: Instant,
    started_at: SystemTime,
}

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the system clock")]
    pub(crate) fn start() -> Self {
        Self { started: Instant::now(), started_at: SystemTime::now() }
    }

    /// The real time when it was started.
    pub(crate) fn started_at(self) -> SystemTime {
        self.started_at
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.started.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::constant(1_700_000_000, 0);
    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    #[test]
    fn a_frozen_mode_ignores_real_time_and_a_running_one_follows_it() {
        let frozen = Mode::at(NOON, Motion::Frozen, Timestamp::UNIX_EPOCH);
        let running = Mode::at(NOON, Motion::Running, NOON + HOUR);

        assert_eq!(frozen.now(NOON + HOUR), NOON);
        assert_eq!(running.now(NOON + HOUR), NOON);
        assert_eq!(running.now(NOON + HOUR + HOUR), NOON + HOUR);
    }

    #[test]
    fn setting_keeps_a_frozen_clock_frozen() {
        let clock = Clock::frozen_at(NOON.into()).unwrap();

        clock.set((NOON - HOUR).into()).unwrap();

        assert_eq!(clock.motion(), Motion::Frozen);
        assert_eq!(clock.timestamp(), NOON - HOUR);
    }

    #[test]
    fn times_that_cannot_be_shown_are_refused_and_change_nothing() {
        let clock = Clock::frozen_at(NOON.into()).unwrap();

        let early = clock.set(SystemTime::UNIX_EPOCH - Duration::from_secs(1));
        let late = clock.set(SystemTime::UNIX_EPOCH + Duration::from_secs(400_000_000_000));

        assert_eq!((early, late), (Err(ClockError::BeforeEpoch), Err(ClockError::TooLate)));
        assert_eq!(clock.timestamp(), NOON);
    }

    #[test]
    fn advancing_stops_at_the_end_of_time() {
        let clock = Clock::frozen_at(NOON.into()).unwrap();

        clock.advance(Duration::MAX);

        assert_eq!(clock.timestamp(), Timestamp::MAX);
    }
}
