use std::time::Duration;

use super::MINUTE;

/// How long before its expiry a value is due for refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Window {
    /// Looked up by the lifetime that the value had when it was installed.
    ByLifetime(WindowTable),
    /// The same for every value.
    Fixed(Duration),
}

/// Windows by lifetime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a table of three rows")]
pub struct WindowTable {
    /// The first row whose limit is not exceeded counts: (lifetime at most,
    /// window).
    pub rows: [(Duration, Duration); 2],
    /// The window of values that live longer than that.
    pub beyond: Duration,
}

impl WindowTable {
    /// What the AWS SDKs agreed on: 5 minutes for a lifetime of up to 20 minutes,
    /// 15 for one under 90 minutes, and else an hour.
    pub const AWS: Self = Self {
        rows: [
            (Duration::from_secs(20 * MINUTE), Duration::from_secs(5 * MINUTE)),
            // Under 90 minutes, and not at 90.
            (
                Duration::from_nanos(90 * MINUTE * 1_000_000_000 - 1),
                Duration::from_secs(15 * MINUTE),
            ),
        ],
        beyond: Duration::from_secs(60 * MINUTE),
    };
}

impl Window {
    pub(crate) fn of(self, lifetime: Duration) -> Duration {
        match self {
            Self::Fixed(window) => window,
            Self::ByLifetime(WindowTable { rows, beyond }) => rows
                .into_iter()
                .find(|(at_most, _)| lifetime <= *at_most)
                .map_or(beyond, |(_, window)| window),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lifetime_seconds: u64, window_seconds: u64) {
        let window = Window::ByLifetime(WindowTable::AWS).of(Duration::from_secs(lifetime_seconds));
        assert_eq!(window, Duration::from_secs(window_seconds));
    }

    #[test]
    fn the_window_grows_with_the_lifetime() {
        check(0, 300);
        check(600, 300);
        check(1_200, 300);
        check(1_201, 900);
        check(1_230, 900);
        check(5_399, 900);
        check(5_400, 3_600);
        check(21_600, 3_600);
        check(u64::MAX, 3_600);
    }

    #[test]
    fn a_configured_window_replaces_the_table() {
        let window = Window::Fixed(Duration::from_secs(1_800));

        assert_eq!(window.of(Duration::ZERO), Duration::from_secs(1_800));
        assert_eq!(window.of(Duration::MAX), Duration::from_secs(1_800));
    }
}
