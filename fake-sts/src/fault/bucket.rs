use jiff::Timestamp;

/// A token bucket, by the virtual clock.
///
/// AWS describes its throttling so: a bucket that each call takes a token from, and that is refilled at a fixed rate. See
/// [token buckets](https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html).
#[derive(Clone, Debug)]
pub(super) struct Bucket {
    per_second: f64,
    burst: f64,
    tokens: f64,
    filled_at: Timestamp,
}

impl Bucket {
    /// A full one.
    pub(super) fn new(per_second: f64, burst: u32, now: Timestamp) -> Self {
        let burst = f64::from(burst);
        Self { per_second, burst, tokens: burst, filled_at: now }
    }

    /// Takes a token, if there is one.
    pub(super) fn take(&mut self, now: Timestamp) -> bool {
        // A clock that was set back brings no tokens, and takes none.
        let elapsed = now.duration_since(self.filled_at).as_secs_f64().max(0.0);
        self.tokens = (self.tokens + elapsed * self.per_second).min(self.burst);
        self.filled_at = now;
        let taken = self.tokens >= 1.0;
        if taken {
            self.tokens -= 1.0;
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    const NOON: Timestamp = Timestamp::constant(1_700_000_000, 0);

    fn taken(bucket: &mut Bucket, now: Timestamp, calls: usize) -> usize {
        (0..calls).filter(|_| bucket.take(now)).count()
    }

    #[test]
    fn as_many_at_once_as_there_is_room_and_then_by_the_rate() {
        let mut bucket = Bucket::new(2.0, 5, NOON);

        assert_eq!(taken(&mut bucket, NOON, 10), 5);
        assert_eq!(taken(&mut bucket, NOON + SignedDuration::from_millis(499), 10), 0);
        assert_eq!(taken(&mut bucket, NOON + SignedDuration::from_millis(500), 10), 1);
        assert_eq!(taken(&mut bucket, NOON + SignedDuration::from_hours(1), 10), 5);
    }

    #[test]
    fn a_clock_that_goes_back_brings_no_tokens() {
        let mut bucket = Bucket::new(1.0, 1, NOON);
        assert_eq!(taken(&mut bucket, NOON, 2), 1);

        assert_eq!(taken(&mut bucket, NOON - SignedDuration::from_hours(1), 2), 0);
        let a_second_later = NOON - SignedDuration::from_hours(1) + SignedDuration::from_secs(1);
        assert_eq!(taken(&mut bucket, a_second_later, 2), 1);
    }
}
