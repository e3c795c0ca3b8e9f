use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How one figure lay in several rounds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Spread {
    /// The lowest.
    pub low: f64,
    /// The middle one.
    pub median: f64,
    /// The highest.
    pub high: f64,
}

impl Spread {
    /// Of the figures that are numbers; `None` if there are none.
    #[must_use]
    pub fn of(figures: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<_> = figures.into_iter().filter(|figure| figure.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let (low, high) = (*sorted.first()?, *sorted.last()?);
        Some(Self { low, median: middle(&sorted), high })
    }
}

/// The median of the figures that are numbers; `None` if there are none.
#[must_use]
pub fn median(figures: impl IntoIterator<Item = f64>) -> Option<f64> {
    Spread::of(figures).map(|spread| spread.median)
}

fn middle(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    match sorted.len() % 2 {
        0 => f64::midpoint(sorted[half - 1], sorted[half]),
        _ => sorted[half],
    }
}

/// How long some calls took, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Latencies {
    /// How many calls.
    pub count: usize,
    /// The mean.
    pub mean_us: f64,
    /// Half of them were as fast.
    pub p50_us: f64,
    /// 99 of 100 were as fast.
    pub p99_us: f64,
    /// 999 of 1,000 were as fast.
    pub p999_us: f64,
    /// The slowest one.
    pub worst_us: f64,
}

impl Latencies {
    /// Of these calls; all zero if there are none.
    #[must_use]
    pub fn of(mut took: Vec<Duration>) -> Self {
        took.sort_unstable();
        let at = |share: usize| {
            // The smallest call that as many are not slower than.
            let rank = (took.len() * share).div_ceil(1_000);
            took.get(rank.saturating_sub(1)).map_or(0.0, micros)
        };
        Self {
            count: took.len(),
            mean_us: took.iter().map(micros).sum::<f64>() / took.len().max(1) as f64,
            p50_us: at(500),
            p99_us: at(990),
            p999_us: at(999),
            worst_us: at(1_000),
        }
    }
}

fn micros(took: &Duration) -> f64 {
    took.as_nanos() as f64 / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between_the_two_in_the_middle() {
        assert_eq!(median([4.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(median([3.0, 1.0, 2.0]), Some(2.0));
    }

    #[test]
    fn what_is_no_number_is_left_out() {
        let spread = Spread::of([f64::NAN, 2.0, f64::INFINITY]);

        assert_eq!(spread, Some(Spread { low: 2.0, median: 2.0, high: 2.0 }));
        assert_eq!(Spread::of([]), None);
    }

    #[test]
    fn a_percentile_is_a_call_that_was_made() {
        let latencies = Latencies::of((1..=1_000).map(Duration::from_micros).collect());

        assert_eq!((latencies.p50_us, latencies.p99_us), (500.0, 990.0));
        assert_eq!((latencies.p999_us, latencies.worst_us), (999.0, 1_000.0));
        assert_eq!(Latencies::of(Vec::new()), Latencies::default());
    }
}
