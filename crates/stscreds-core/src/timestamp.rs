use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A point in wall-clock time, to the nanosecond, that never overflows.
///
/// It spans 1970 to the year 2554. What lies outside is moved to the nearer
/// end, and so is every result of arithmetic: an expiry before 1970 stays
/// expired, and one in the year 10,000 is taken to come in 2554, early rather
/// than late. There is no operation on it that panics.
///
/// ```
/// use std::time::Duration;
/// use stscreds_core::Timestamp;
///
/// let noon: Timestamp = "2026-07-13T12:00:00Z".parse()?;
///
/// assert_eq!((noon + Duration::from_secs(900)).to_string(), "2026-07-13T12:15:00Z");
/// assert_eq!(Timestamp::MAX + Duration::MAX, Timestamp::MAX);
/// # Ok::<_, stscreds_core::ParseTimestampError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// 1970-01-01T00:00:00Z, the earliest there is.
    pub const EPOCH: Self = Self(0);

    /// The latest there is, in the year 2554.
    pub const MAX: Self = Self(u64::MAX);

    /// The instant this many nanoseconds after the Unix epoch.
    #[must_use]
    pub const fn from_unix_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// The instant this many seconds after the Unix epoch, or the nearer end.
    #[must_use]
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        if seconds < 0 {
            return Self::EPOCH;
        }
        Self(seconds.unsigned_abs().saturating_mul(NANOS_PER_SECOND))
    }

    /// Nanoseconds since the Unix epoch.
    #[must_use]
    pub const fn unix_nanos(self) -> u64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    #[must_use]
    pub const fn unix_seconds(self) -> u64 {
        self.0 / NANOS_PER_SECOND
    }

    /// How long after `earlier` this is; zero if it is not after it.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, after: Duration) -> Self {
        Self(self.0.saturating_add(saturating_nanos(after)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, before: Duration) -> Self {
        Self(self.0.saturating_sub(saturating_nanos(before)))
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        match time.duration_since(UNIX_EPOCH) {
            Ok(since_epoch) => Self(saturating_nanos(since_epoch)),
            Err(_before_epoch) => Self::EPOCH,
        }
    }
}

impl From<Timestamp> for SystemTime {
    fn from(timestamp: Timestamp) -> Self {
        // A platform whose SystemTime ends before 2554 gets an expired value rather than a panic.
        UNIX_EPOCH.checked_add(Duration::from_nanos(timestamp.0)).unwrap_or(UNIX_EPOCH)
    }
}

/// RFC 3339 in UTC, with as many decimals as needed: `2026-07-13T12:00:00Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        humantime::format_rfc3339(SystemTime::from(*self)).fmt(f)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Reads [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339) in UTC (`Z`), the
/// form of every expiration that STS and `credential_process` write.
impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        humantime::parse_rfc3339(text).map(Self::from).map_err(ParseTimestampError)
    }
}

/// A text that is not an RFC 3339 time in UTC.
#[derive(Debug, Clone, thiserror::Error)]
#[error("not a time of the form 2026-07-13T12:00:00Z")]
pub struct ParseTimestampError(#[source] humantime::TimestampError);

const NANOS_PER_SECOND: u64 = 1_000_000_000;

fn saturating_nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::*;

    #[test]
    fn times_before_the_epoch_are_the_epoch() {
        let before = UNIX_EPOCH - Duration::from_secs(86_400);

        assert_eq!(Timestamp::from(before), Timestamp::EPOCH);
        assert_eq!(Timestamp::from_unix_seconds(-1), Timestamp::EPOCH);
        assert_eq!(Timestamp::EPOCH - Duration::MAX, Timestamp::EPOCH);
    }

    #[test]
    fn the_year_10000_is_the_latest_there_is() {
        assert_eq!(Timestamp::from_unix_seconds(253_402_300_800), Timestamp::MAX);
        assert_eq!(Timestamp::from_unix_seconds(i64::MAX), Timestamp::MAX);
    }

    #[test]
    fn text_is_rfc_3339_both_ways() {
        let text = "2026-07-13T10:00:00.000000005Z";

        let parsed: Timestamp = text.parse().unwrap();

        assert_eq!(parsed.to_string(), text);
        assert!("13 July".parse::<Timestamp>().is_err());
    }

    proptest! {
        #[test]
        fn no_arithmetic_panics_or_wraps(nanos in any::<u64>(), secs in any::<u64>()) {
            let (at, by) = (Timestamp::from_unix_nanos(nanos), Duration::from_secs(secs));

            assert!(at + by >= at);
            assert!(at - by <= at);
            assert_eq!((at + by).since(at + by), Duration::ZERO);
            assert_eq!(Timestamp::from(SystemTime::from(at)), at);
        }
    }
}
