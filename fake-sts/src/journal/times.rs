use std::fmt;
use std::ops::{Range, RangeFrom, RangeInclusive, RangeTo, RangeToInclusive};

/// How many calls there should be: a number, or a range such as `1..`, `..=3`, `2..=4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    least: u64,
    /// Nothing for any number.
    most: Option<u64>,
}

/// A range that no number is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no number of calls is in an empty range; write 2 for exactly two, 1.. for at least one, ..=3 for at most three"
)]
#[non_exhaustive]
pub struct EmptyRange;

impl Times {
    pub(super) fn at_least(least: u64) -> Self {
        Self { least, most: None }
    }

    pub(super) fn check(self) -> Result<Self, EmptyRange> {
        if self.most.is_some_and(|most| most < self.least) { Err(EmptyRange) } else { Ok(self) }
    }

    pub(super) fn least(self) -> u64 {
        self.least
    }

    /// Whether so many calls are right.
    #[must_use]
    pub fn contains(self, calls: u64) -> bool {
        calls >= self.least && self.most.is_none_or(|most| calls <= most)
    }

    /// Up to and without a number. Nothing is below 0.
    fn below(least: u64, end: u64) -> Self {
        match end.checked_sub(1) {
            Some(most) => Self { least, most: Some(most) },
            None => Self { least: 1, most: Some(0) },
        }
    }
}

impl From<u64> for Times {
    fn from(exactly: u64) -> Self {
        Self { least: exactly, most: Some(exactly) }
    }
}

impl From<RangeFrom<u64>> for Times {
    fn from(range: RangeFrom<u64>) -> Self {
        Self::at_least(range.start)
    }
}

impl From<RangeInclusive<u64>> for Times {
    fn from(range: RangeInclusive<u64>) -> Self {
        Self { least: *range.start(), most: Some(*range.end()) }
    }
}

impl From<RangeToInclusive<u64>> for Times {
    fn from(range: RangeToInclusive<u64>) -> Self {
        Self { least: 0, most: Some(range.end) }
    }
}

impl From<Range<u64>> for Times {
    fn from(range: Range<u64>) -> Self {
        Self::below(range.start, range.end)
    }
}

impl From<RangeTo<u64>> for Times {
    fn from(range: RangeTo<u64>) -> Self {
        Self::below(0, range.end)
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.least, self.most) {
            (0, Some(0)) => f.write_str("none"),
            (least, Some(most)) if least == most => write!(f, "{least}"),
            (0, Some(most)) => write!(f, "at most {most}"),
            (least, Some(most)) => write!(f, "{least} to {most}"),
            (0, None) => f.write_str("any number"),
            (least, None) => write!(f, "at least {least}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(times: impl Into<Times>, right: &[u64], shown: &str) {
        let times = times.into().check().unwrap();
        let found = (0..6).filter(|calls| times.contains(*calls)).collect::<Vec<_>>();
        assert_eq!((found.as_slice(), times.to_string().as_str()), (right, shown));
    }

    #[test]
    fn numbers_and_ranges_are_read_and_told() {
        check(0, &[0], "none");
        check(2, &[2], "2");
        check(4.., &[4, 5], "at least 4");
        check(..=1, &[0, 1], "at most 1");
        check(..1, &[0], "none");
        check(2..=3, &[2, 3], "2 to 3");
        check(2..4, &[2, 3], "2 to 3");
        check(0.., &[0, 1, 2, 3, 4, 5], "any number");
    }

    #[test]
    #[expect(clippy::reversed_empty_ranges, reason = "they are what is refused")]
    fn empty_ranges_are_refused() {
        for empty in [Times::from(3..=2), Times::from(2..2), Times::from(..0), Times::from(5..1)] {
            assert_eq!(empty.check(), Err(EmptyRange));
        }
    }
}
