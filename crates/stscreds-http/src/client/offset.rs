use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use stscreds_core::Timestamp;

/// By how much signatures are moved from the local clock, as STS once demanded.
// Relaxed: one number that nothing else depends on.
#[derive(Debug, Default)]
pub(super) struct Offset(AtomicI64);

impl Offset {
    /// The time to sign for.
    pub(super) fn applied(&self, local: Timestamp) -> Timestamp {
        let seconds = self.0.load(Ordering::Relaxed);
        let amount = Duration::from_secs(seconds.unsigned_abs());
        if seconds >= 0 { local + amount } else { local - amount }
    }

    /// STS rejected a signature made for `signed`: takes the difference of the two
    /// clocks over, and returns whether another signature is worth a try.
    pub(super) fn correct(&self, server: Timestamp, local: Timestamp, signed: Timestamp) -> bool {
        let apart = |a: Timestamp, b: Timestamp| a.since(b).max(b.since(a));
        let amount = apart(server, local);
        if apart(server, signed) <= TOLERATED || amount > BELIEVABLE {
            return false;
        }
        let seconds = i64::try_from(amount.as_secs()).unwrap_or(0);
        self.0.store(if server >= local { seconds } else { -seconds }, Ordering::Relaxed);
        true
    }
}

/// Less than this is not why a signature was rejected: STS accepts 5 minutes at least,
/// and responses take their time.
const TOLERATED: Duration = Duration::from_secs(4 * 60);

/// A clock in the wrong time zone. What is further off says more about who wrote the
/// `Date` than about the clock.
const BELIEVABLE: Duration = Duration::from_secs(24 * 3_600);

#[cfg(test)]
mod tests {
    use super::*;

    const LOCAL: Timestamp = Timestamp::from_unix_seconds(1_900_000_000);

    fn after(seconds: u64) -> Timestamp {
        LOCAL + Duration::from_secs(seconds)
    }

    #[test]
    fn a_difference_of_more_than_four_minutes_and_at_most_a_day_is_taken_over() {
        let offset = Offset::default();

        assert!(!offset.correct(after(240), LOCAL, LOCAL));
        assert!(!offset.correct(after(86_401), LOCAL, LOCAL));
        assert_eq!(offset.applied(LOCAL), LOCAL);

        assert!(offset.correct(after(241), LOCAL, LOCAL));
        assert_eq!(offset.applied(LOCAL), after(241));

        assert!(offset.correct(LOCAL, after(600), after(600)));
        assert_eq!(offset.applied(after(600)), LOCAL);
    }

    #[test]
    fn what_was_signed_for_the_right_time_is_not_repeated() {
        let offset = Offset::default();
        assert!(offset.correct(after(3_600), LOCAL, LOCAL));

        assert!(!offset.correct(after(3_600), LOCAL, offset.applied(LOCAL)));
    }

    #[test]
    fn a_clock_that_was_set_right_meanwhile_is_found_out() {
        let offset = Offset::default();
        assert!(offset.correct(after(3_600), LOCAL, LOCAL));

        let signed = offset.applied(after(3_600));
        assert!(offset.correct(after(3_600), after(3_600), signed));
        assert_eq!(offset.applied(after(3_600)), after(3_600));
    }
}
