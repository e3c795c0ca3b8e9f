use std::time::Duration;

use super::{Spread, spread::share};

/// How long the source is left alone after a failure that may pass by itself,
/// while there is a value to serve.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Backoff {
    /// Not at all: the next call that finds the value due asks again.
    Off,
    /// The same spread, however near the expiry is.
    Uniform(Spread),
    /// Denser the nearer the expiry is, and thinner the further it lies back.
    Scaled(ScaledBackoff),
}

/// The numbers of [`Backoff::Scaled`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "five numbers, all of them free")]
pub struct ScaledBackoff {
    /// Before expiry, the shortest share of the remaining time to pause for.
    pub share_from: f64,
    /// Before expiry, the longest share of the remaining time to pause for.
    pub share_to: f64,
    /// The shortest pause, and the first one after expiry.
    pub shortest: Duration,
    /// The longest pause before expiry; if it is less than `shortest`, that counts.
    pub longest: Duration,
    /// After expiry pauses double up to a cap drawn from this.
    pub cap: Spread,
}

impl Backoff {
    /// The pause while the value has `remaining` time to live.
    pub(crate) fn while_valid(self, remaining: Duration, drawn: f64) -> Duration {
        match self {
            Self::Off => Duration::ZERO,
            Self::Uniform(spread) => spread.at(drawn),
            Self::Scaled(scaled) => {
                let from = share(remaining, scaled.share_from);
                let to = share(remaining, scaled.share_to);
                Spread::between(from, to).at(drawn).min(scaled.longest).max(scaled.shortest)
            }
        }
    }

    /// The pause once the value has expired and `earlier` attempts since then
    /// have failed before this one.
    pub(crate) fn once_expired(self, earlier: u32, drawn: f64) -> Duration {
        match self {
            Self::Off => Duration::ZERO,
            Self::Uniform(spread) => spread.at(drawn),
            Self::Scaled(scaled) => {
                let doubled = 2_u32.saturating_pow(earlier);
                scaled.shortest.saturating_mul(doubled).min(scaled.cap.at(drawn))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::RefreshPolicy;
    use super::*;

    fn ours() -> Backoff {
        RefreshPolicy::default().backoff
    }

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn attempts_get_denser_as_the_deadline_nears() {
        assert_eq!(ours().while_valid(seconds(240), 0.0), seconds(60));
        assert_eq!(ours().while_valid(seconds(240), 1.0), seconds(120));
        assert_eq!(ours().while_valid(seconds(12), 1.0), seconds(6));
        assert_eq!(ours().while_valid(seconds(1), 1.0), seconds(5));
        assert_eq!(ours().while_valid(seconds(100_000), 0.0), seconds(600));
        assert_eq!(ours().while_valid(seconds(100_000), 1.0), seconds(600));
    }

    #[test]
    fn ten_attempts_fit_into_a_window_of_five_minutes() {
        let (mut remaining, mut attempts) = (seconds(300), 0);
        while remaining > Duration::ZERO {
            attempts += 1;
            remaining = remaining.saturating_sub(ours().while_valid(remaining, 0.5));
        }

        assert_eq!(attempts, 10);
    }

    #[test]
    fn past_expiry_pauses_double_up_to_a_cap() {
        let pauses = |drawn| {
            (0..8).map(|earlier| ours().once_expired(earlier, drawn).as_secs()).collect::<Vec<_>>()
        };

        assert_eq!(pauses(0.0), [5, 10, 20, 40, 80, 160, 300, 300]);
        assert_eq!(pauses(1.0), [5, 10, 20, 40, 80, 160, 320, 600]);
        assert_eq!(ours().once_expired(u32::MAX, 1.0), seconds(600));
    }

    #[test]
    fn of_limits_that_contradict_each_other_the_shortest_pause_wins() {
        let Backoff::Scaled(mut scaled) = ours() else { panic!("ours is scaled") };
        scaled.longest = seconds(3);

        assert_eq!(Backoff::Scaled(scaled).while_valid(seconds(900), 0.5), scaled.shortest);
    }

    #[test]
    fn a_uniform_backoff_does_not_look_at_the_deadline() {
        let uniform = RefreshPolicy::aws_sdk().backoff;

        assert_eq!(uniform.while_valid(seconds(1), 0.4), seconds(420));
        assert_eq!(uniform.once_expired(9, 0.4), seconds(420));
        assert_eq!(Backoff::Off.while_valid(seconds(99), 1.0), Duration::ZERO);
    }
}
