use std::time::Duration;

/// A range of durations to draw from, both ends included.
///
/// If `from` is the longer one, it is what is always drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a range has two ends")]
pub struct Spread {
    /// The shortest.
    pub from: Duration,
    /// The longest.
    pub to: Duration,
}

impl Spread {
    /// Always nothing.
    pub const ZERO: Self = Self::exactly(Duration::ZERO);

    /// Anything between the two.
    #[must_use]
    pub const fn between(from: Duration, to: Duration) -> Self {
        Self { from, to }
    }

    /// Always the same.
    #[must_use]
    pub const fn exactly(duration: Duration) -> Self {
        Self::between(duration, duration)
    }

    /// The duration at `drawn` of the way from one end to the other.
    pub(crate) fn at(self, drawn: f64) -> Duration {
        self.from.saturating_add(share(self.to.saturating_sub(self.from), drawn))
    }
}

/// This share of a duration, rounded down to the nanosecond.
///
/// A share that is no number counts as none, and one outside of 0 to 1 as the
/// nearer end; a duration is taken for 584 years at most.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "from f64, `as` saturates and takes NaN for 0, which is what is wanted"
)]
pub(crate) fn share(whole: Duration, share: f64) -> Duration {
    let nanos = u64::try_from(whole.as_nanos()).unwrap_or(u64::MAX);
    Duration::from_nanos((share.clamp(0.0, 1.0) * nanos as f64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_spread_is_drawn_from_end_to_end() {
        let spread = Spread::between(SECOND, 5 * SECOND);

        assert_eq!(spread.at(0.0), SECOND);
        assert_eq!(spread.at(0.5), 3 * SECOND);
        assert_eq!(spread.at(1.0), 5 * SECOND);
        assert_eq!(Spread::between(5 * SECOND, SECOND).at(0.9), 5 * SECOND);
    }

    #[test]
    fn shares_that_make_no_sense_are_the_nearest_that_do() {
        assert_eq!(share(SECOND, f64::NAN), Duration::ZERO);
        assert_eq!(share(SECOND, -3.0), Duration::ZERO);
        assert_eq!(share(SECOND, f64::INFINITY), SECOND);
        assert_eq!(share(Duration::MAX, 1.0), Duration::from_nanos(u64::MAX));
        assert_eq!(share(Duration::ZERO, 1.0), Duration::ZERO);
    }
}
