//! Tokens: how many requests may begin.

use std::time::Duration;

/// A token bucket whose rate falls when STS throttles, and recovers.
///
/// Pure: every instant is an argument, counted from any beginning. A clock that is set back by
/// more than a second is followed.
#[derive(Debug, Clone)]
pub(crate) struct Bucket {
    configured: f64,
    rate: f64,
    burst: f64,
    tokens: f64,
    at: Duration,
    slowed_at: Option<Duration>,
}

impl Bucket {
    /// Full, and at its configured rate in tokens per second.
    pub(crate) fn new(rate: f64, burst: f64) -> Self {
        Self { configured: rate, rate, burst, tokens: burst, at: Duration::ZERO, slowed_at: None }
    }

    /// Takes one token if there is one.
    pub(crate) fn take(&mut self, now: Duration) -> bool {
        self.refill(now);
        let has_one = self.tokens >= 1.0;
        if has_one {
            self.tokens -= 1.0;
        }
        has_one
    }

    /// How long until there is a token, if none is taken meanwhile.
    pub(crate) fn wait(&mut self, now: Duration) -> Duration {
        self.refill(now);
        let missing = (1.0 - self.tokens).max(0.0);
        // Upwards to the timer's milliseconds, or a waiter looks twice.
        Duration::from_secs_f64(missing / self.rate)
    }

    /// STS throttled a request: half the rate, once a second at most, and never below one
    /// request per second.
    pub(crate) fn slow_down(&mut self, now: Duration) {
        self.refill(now);
        let is_due = self.slowed_at.is_none_or(|at| now.saturating_sub(at) >= SECOND);
        if is_due {
            self.rate = (self.rate * 0.5).max(LEAST).min(self.configured);
            self.slowed_at = Some(now);
        }
    }

    /// Tokens per second at present.
    pub(crate) fn rate(&mut self, now: Duration) -> f64 {
        self.refill(now);
        self.rate
    }

    fn refill(&mut self, now: Duration) {
        // Tests share a static pool, each with a paused clock of its own: one may have been an
        // hour ahead. Smaller steps back are threads that overtake each other.
        if self.at.saturating_sub(now) > SECOND {
            self.at = now;
            self.slowed_at = self.slowed_at.map(|at| at.min(now));
        }
        let passed = now.saturating_sub(self.at).as_secs_f64();
        self.at = self.at.max(now);
        let regrown = self.rate * (REGROWTH * passed).exp();
        let recovered = (self.rate + self.configured * RECOVERY * passed).min(regrown);
        let recovered = recovered.min(self.configured);
        self.tokens = (self.tokens + self.rate * passed).min(self.burst);
        self.rate = recovered;
    }
}

const SECOND: Duration = Duration::from_secs(1);

/// The lowest rate, unless less is configured.
const LEAST: f64 = 1.0;

/// What part of the configured rate comes back each second, at most.
const RECOVERY: f64 = 0.01;

/// What part of the present rate comes back each second, at most. So the replicas of a fleet ask
/// together for a fiftieth more each second, however many they are. With a hundredth of the
/// configured rate each, fifty replicas on one quota have 12 % of their requests refused for ever:
/// see the simulation below.
const REGROWTH: f64 = 0.02;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn a_burst_is_there_at_once_and_the_rest_comes_at_the_rate() {
        let mut bucket = Bucket::new(10.0, 3.0);

        let at_once = (0..5).filter(|_| bucket.take(Duration::ZERO)).count();

        assert_eq!(at_once, 3);
        assert_eq!(bucket.wait(Duration::ZERO), seconds(0.1));
        assert!(!bucket.take(seconds(0.099)));
        assert!(bucket.take(seconds(0.1001)));
    }

    #[test]
    fn throttling_halves_the_rate_once_a_second_and_it_comes_back_slowly() {
        let mut bucket = Bucket::new(100.0, 1.0);

        bucket.slow_down(seconds(1.0));
        bucket.slow_down(seconds(1.5));
        assert!((bucket.rate(seconds(1.5)) - 50.5).abs() < 0.01);
        bucket.slow_down(seconds(2.0));

        assert!((bucket.rate(seconds(2.0)) - 25.5).abs() < 0.01);
        assert!((bucket.rate(seconds(12.0)) - 31.15).abs() < 0.01);
        assert!((bucket.rate(seconds(500.0)) - 100.0).abs() < 0.01);
    }

    #[test]
    fn a_clock_that_is_an_hour_back_does_not_take_an_hour_to_yield_a_token() {
        let mut bucket = Bucket::new(10.0, 1.0);
        assert!(bucket.take(seconds(3_600.0)));
        bucket.slow_down(seconds(3_600.0));

        assert!(!bucket.take(seconds(0.0)));
        assert!(bucket.take(seconds(0.21)));
        assert!(bucket.wait(seconds(0.21)) <= seconds(0.2));
    }

    #[test]
    fn the_rate_never_falls_below_one_a_second() {
        let mut bucket = Bucket::new(4.0, 1.0);

        (0..50).for_each(|second| bucket.slow_down(Duration::from_millis(second * 1_000)));

        assert!(bucket.rate(seconds(49.0)) >= 1.0);
    }

    /// Replicas that know nothing of each other, each with a budget of the whole quota.
    fn refused_after_a_minute(replicas: usize, seed: u64) -> f64 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut quota = Bucket::new(600.0, 600.0);
        let mut buckets = vec![Bucket::new(600.0, 60.0); replicas];
        let (mut asked, mut refused) = (0.0, 0.0);
        for step in 0..24_000 {
            let now = Duration::from_millis(10 * step);
            random.shuffle(&mut buckets);
            for bucket in &mut buckets {
                while bucket.take(now) {
                    let is_refused = !quota.take(now);
                    if is_refused {
                        bucket.slow_down(now);
                    }
                    if step >= 6_000 {
                        asked += 1.0;
                        refused += f64::from(u8::from(is_refused));
                    }
                }
            }
        }
        assert!(asked > 0.8 * 600.0 * 180.0, "the quota is left unused: {asked}");
        refused / asked
    }

    #[test]
    fn replicas_that_share_a_quota_are_seldom_refused_after_a_minute() {
        for (replicas, seed) in [(2, 1), (20, 2), (50, 3)] {
            let refused = refused_after_a_minute(replicas, seed);
            assert!(refused < 0.02, "{replicas} replicas: {refused}");
        }
    }

    proptest! {
        /// Whatever instants it is asked at, backwards ones too.
        #[test]
        fn no_second_has_more_than_the_rate_and_the_burst(
            rate in 1.0..500.0f64,
            burst in 1.0..50.0f64,
            mut asked in proptest::collection::vec(0u64..5_000, 1..2_000),
        ) {
            asked.sort_unstable();
            let mut bucket = Bucket::new(rate, burst);
            let taken: Vec<u64> = asked
                .into_iter()
                .filter(|at| bucket.take(Duration::from_millis(*at)))
                .collect();
            for (first, from) in taken.iter().enumerate() {
                let within = taken[first..].iter().take_while(|at| **at < from + 1_000).count();
                prop_assert!(within as f64 <= rate + burst + 0.001, "{within} of {rate} + {burst}");
            }
        }
    }
}
