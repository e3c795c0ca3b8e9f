use std::time::Duration;

use stscreds_core::Timestamp;

use crate::decide::policy::{Clamp, Jitter, RefreshPolicy, share};

/// The instants at which a cached value's phases begin, by the local clock.
///
/// Worked out once, when the value is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deadlines {
    /// From here on the next caller begins a refresh, which nobody waits for.
    pub refresh_at: Timestamp,
    /// Where the advisory window begins; what jitter moved the refresh away from.
    pub advisory_at: Timestamp,
    /// From here on callers wait for the refresh. For the Go preset this is the
    /// adjusted expiry.
    pub mandatory_at: Timestamp,
    /// From here on the value is invalid; `None` if it never is.
    pub expires_at: Option<Timestamp>,
}

impl Deadlines {
    /// Of a value that never expires.
    pub(crate) const NEVER: Self = Self {
        refresh_at: Timestamp::MAX,
        advisory_at: Timestamp::MAX,
        mandatory_at: Timestamp::MAX,
        expires_at: None,
    };

    /// Of a value that expires at `expires_at` and is due `window` before that.
    pub(crate) fn new(
        policy: &RefreshPolicy,
        expires_at: Timestamp,
        window: Duration,
        drawn: f64,
    ) -> Self {
        let mandatory = match policy.clamp {
            Clamp::ToLifetime => policy.mandatory.min(window / 2),
            Clamp::Off => policy.mandatory.min(window),
        };
        let earlier = match policy.jitter {
            Jitter::Earlier(most) => portion(window, drawn, most),
            Jitter::Later(_) => Duration::ZERO,
        };
        let advisory_at = expires_at - window;
        Self {
            refresh_at: advisory_at - earlier,
            advisory_at,
            mandatory_at: expires_at - mandatory,
            expires_at: Some(expires_at),
        }
    }

    /// The same as another clock shows them.
    pub(crate) fn shown_by(self, shown: impl Fn(Timestamp) -> Timestamp) -> Self {
        match self.expires_at {
            None => self,
            Some(expires_at) => Self {
                refresh_at: shown(self.refresh_at),
                advisory_at: shown(self.advisory_at),
                mandatory_at: shown(self.mandatory_at),
                expires_at: Some(shown(expires_at)),
            },
        }
    }

    pub(crate) fn is_expired_at(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|expiry| expiry <= now)
    }
}

/// How long before its expiry a value of this lifetime is due.
pub(crate) fn window(policy: &RefreshPolicy, lifetime: Duration, drawn: f64) -> Duration {
    let window = policy.advisory.of(lifetime);
    let window = match policy.jitter {
        Jitter::Later(most) => window - portion(window, drawn, most),
        Jitter::Earlier(_) => window,
    };
    match policy.clamp {
        Clamp::ToLifetime => window.min(lifetime / 2),
        Clamp::Off => window,
    }
}

fn portion(window: Duration, drawn: f64, most: f64) -> Duration {
    share(window, drawn.clamp(0.0, 1.0) * most.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::*;
    use crate::decide::policy::Window;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn plan(policy: &RefreshPolicy, lifetime: Duration, drawn: f64) -> Deadlines {
        Deadlines::new(policy, NOW + lifetime, window(policy, lifetime, drawn), drawn)
    }

    /// Seconds from installation to (refresh, advisory, mandatory).
    #[track_caller]
    fn check(policy: &RefreshPolicy, lifetime: u64, drawn: f64, expected: (u64, u64, u64)) {
        let planned = plan(policy, seconds(lifetime), drawn);
        let after = |at: Timestamp| at.since(NOW).as_secs();
        let actual =
            (after(planned.refresh_at), after(planned.advisory_at), after(planned.mandatory_at));
        assert_eq!(actual, expected);
    }

    #[test]
    fn the_default_clamps_windows_and_moves_the_refresh_earlier_only() {
        let ours = RefreshPolicy::default();

        check(&ours, 900, 0.0, (600, 600, 840));
        check(&ours, 900, 1.0, (525, 600, 840));
        check(&ours, 3_600, 0.0, (2_700, 2_700, 3_540));
        check(&ours, 3_600, 1.0, (2_475, 2_700, 3_540));
        check(&ours, 43_200, 0.0, (39_600, 39_600, 43_140));
        check(&ours, 300, 0.0, (150, 150, 240));
        check(&ours, 40, 0.0, (20, 20, 30));
        check(&ours, 0, 1.0, (0, 0, 0));
    }

    #[test]
    fn the_sdk_rules_know_no_clamp_and_no_jitter() {
        let sdk = RefreshPolicy::aws_sdk();

        check(&sdk, 3_600, 1.0, (2_700, 2_700, 3_540));
        check(&sdk, 600, 1.0, (300, 300, 540));
        check(&sdk, 30, 1.0, (0, 0, 0));
    }

    #[test]
    fn the_go_rules_know_one_deadline_and_move_it_later() {
        let go = RefreshPolicy::go_classic(seconds(300), 0.5);

        check(&go, 3_600, 0.0, (3_300, 3_300, 3_300));
        check(&go, 3_600, 1.0, (3_450, 3_450, 3_450));
    }

    #[test]
    fn enormous_windows_and_senseless_jitter_are_defined() {
        let mut policy = RefreshPolicy::aws_sdk();
        policy.advisory = Window::Fixed(Duration::MAX);
        policy.jitter = Jitter::Earlier(f64::NAN);

        let planned = plan(&policy, seconds(60), 0.5);

        assert_eq!(planned.refresh_at, Timestamp::EPOCH);
        assert_eq!(planned.mandatory_at, NOW);

        policy.clamp = Clamp::ToLifetime;
        check(&policy, 60, 0.5, (30, 30, 45));
    }

    proptest! {
        #[test]
        fn phases_begin_in_order_whatever_the_numbers(
            expiry in any::<u64>(),
            now in any::<u64>(),
            fixed in any::<u64>(),
            mandatory in any::<u64>(),
            jitter in any::<f64>(),
            drawn in 0.0..=1.0_f64,
            preset in 0..3,
        ) {
            let mut policy = match preset {
                0 => RefreshPolicy::default(),
                1 => RefreshPolicy::aws_sdk(),
                _ => RefreshPolicy::go_classic(Duration::from_nanos(fixed), jitter),
            };
            policy.mandatory = Duration::from_nanos(mandatory);
            let (expiry, now) = (Timestamp::from_unix_nanos(expiry), Timestamp::from_unix_nanos(now));
            let lifetime = expiry.since(now);

            let planned = Deadlines::new(&policy, expiry, window(&policy, lifetime, drawn), drawn);

            assert!(planned.refresh_at <= planned.advisory_at);
            assert!(planned.advisory_at <= planned.mandatory_at);
            assert!(planned.mandatory_at <= expiry);
            if policy.clamp == Clamp::ToLifetime && lifetime > Duration::ZERO {
                assert!(planned.refresh_at.since(now) >= lifetime * 3 / 8);
            }
        }
    }
}
