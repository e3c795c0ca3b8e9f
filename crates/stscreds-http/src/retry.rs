use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

/// How often a call is sent, and how long it waits in between.
///
/// Retried are connections that could not be made or broke, HTTP 500, 502, 503 and 504,
/// and STS's throttling errors, as the
/// [AWS SDKs](https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html)
/// do in their standard mode. A client spends a budget on retries, shared between its
/// calls, so that an outage does not multiply its requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// The requests of one call at most, the first included; 0 counts as 1.
    pub attempts: u32,
    /// The longest backoff before the first retry; it doubles with each.
    pub first_backoff: Duration,
    /// The longest backoff there is.
    pub max_backoff: Duration,
}

impl RetryPolicy {
    /// One request a call: for a caller that retries itself, such as a pool with a
    /// budget.
    #[must_use]
    pub fn none() -> Self {
        Self { attempts: 1, ..Self::default() }
    }

    /// The backoff before a retry, the first of which is number 1: a random part of the
    /// longest one ("full jitter"). `random` is from 0 to 1.
    pub(crate) fn backoff(&self, retry: u32, random: f64) -> Duration {
        let doubled = 1_u32.checked_shl(retry.saturating_sub(1)).unwrap_or(u32::MAX);
        let longest = self.first_backoff.saturating_mul(doubled).min(self.max_backoff);
        longest.mul_f64(if random.is_finite() { random.clamp(0.0, 1.0) } else { 1.0 })
    }
}

/// Three requests, backoffs of up to 1 s and 2 s, 5 s at most.
impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 3,
            first_backoff: Duration::from_secs(1),
            max_backoff: Duration::from_secs(5),
        }
    }
}

/// The budget for retries of one client.
#[derive(Debug)]
pub(crate) struct RetryBudget(Mutex<u32>);

/// What a retry costs, by what failed before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cost {
    Failure,
    Timeout,
}

impl Cost {
    fn tokens(self) -> u32 {
        match self {
            Self::Failure => 5,
            Self::Timeout => 10,
        }
    }
}

impl RetryBudget {
    /// The standard mode of the AWS SDKs.
    const CAPACITY: u32 = 500;

    pub(crate) fn full() -> Self {
        Self(Mutex::new(Self::CAPACITY))
    }

    /// Whether a retry may be made, which is then paid for.
    pub(crate) fn spend(&self, cost: Cost) -> bool {
        self.change(|left| match left.checked_sub(cost.tokens()) {
            Some(rest) => {
                *left = rest;
                true
            }
            None => false,
        })
    }

    /// A call succeeded: what its last retry cost comes back, or 1 if it had none.
    pub(crate) fn earn(&self, last_retry: Option<Cost>) {
        let earned = last_retry.map_or(1, Cost::tokens);
        self.change(|left| *left = (*left + earned).min(Self::CAPACITY));
    }

    fn change<T>(&self, change: impl FnOnce(&mut u32) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backoff_doubles_up_to_its_limit_and_never_overflows() {
        let policy = RetryPolicy::default();
        let longest = |retry| policy.backoff(retry, 1.0).as_secs_f64();

        assert_eq!([1, 2, 3, 4, 40, u32::MAX].map(longest), [1.0, 2.0, 4.0, 5.0, 5.0, 5.0]);
        assert_eq!(policy.backoff(2, 0.25), Duration::from_millis(500));
        assert_eq!(policy.backoff(1, 0.0), Duration::ZERO);
        for odd in [f64::NAN, f64::INFINITY, 7.0] {
            assert_eq!(policy.backoff(1, odd), Duration::from_secs(1));
        }
    }

    #[test]
    fn a_budget_pays_for_a_hundred_failures_or_fifty_timeouts() {
        for (cost, retries) in [(Cost::Failure, 100), (Cost::Timeout, 50)] {
            let budget = RetryBudget::full();
            assert_eq!((0..1_000).filter(|_| budget.spend(cost)).count(), retries);

            budget.earn(Some(cost));
            assert!(budget.spend(cost) && !budget.spend(cost));
            (0..cost.tokens()).for_each(|_| budget.earn(None));
            assert!(budget.spend(cost) && !budget.spend(cost));
        }
    }

    #[test]
    fn a_full_budget_stays_full() {
        let budget = RetryBudget::full();
        (0..1_000).for_each(|_| budget.earn(Some(Cost::Timeout)));

        assert_eq!((0..1_000).filter(|_| budget.spend(Cost::Failure)).count(), 100);
    }
}
