//! How soon a source may be contacted again, written from the documentation and not from the
//! code that it is compared with.

use std::time::Duration;

use crate::preset::{FIVE_MINUTES, Preset};

/// What became of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// A value that lives for so long.
    Value(Duration),
    /// A failure that may pass, with something to serve or without.
    MayPass { has_value: bool },
    /// A failure that will not.
    WillNotPass,
}

/// The shortest pause between two contacts that no invalidation and no clock has a part in.
pub(crate) fn shortest_pause(preset: Preset, ended: Ended) -> Duration {
    let seconds = Duration::from_secs;
    match (ended, preset) {
        (Ended::Value(lifetime), _) => lifetime.saturating_sub(longest_window(preset, lifetime)),
        (_, Preset::GoClassic) | (Ended::MayPass { has_value: false }, _) => Duration::ZERO,
        (Ended::MayPass { has_value: true }, Preset::Default) => seconds(5),
        (Ended::MayPass { has_value: true }, Preset::AwsSdk) => seconds(300),
        (Ended::WillNotPass, _) => seconds(1),
    }
}

/// As long before its expiry as a value can be due.
fn longest_window(preset: Preset, lifetime: Duration) -> Duration {
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    let table = match lifetime {
        lifetime if lifetime <= minutes(20) => minutes(5),
        lifetime if lifetime < minutes(90) => minutes(15),
        _ => minutes(60),
    };
    match preset {
        // Half of the lifetime at most, and jitter of a quarter.
        Preset::Default => table.min(lifetime / 2) * 5 / 4,
        Preset::AwsSdk => table,
        Preset::GoClassic => FIVE_MINUTES,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_those_of_the_documentation() {
        let check = |preset, ended, expected| {
            assert_eq!(shortest_pause(preset, ended), Duration::from_secs(expected), "{preset}");
        };
        let quarter = Ended::Value(Duration::from_secs(900));
        let [ours, sdk, go] = Preset::ALL;

        check(ours, quarter, 525);
        check(sdk, quarter, 600);
        check(go, quarter, 600);
        check(ours, Ended::Value(Duration::from_secs(8)), 3);
        check(sdk, Ended::MayPass { has_value: true }, 300);
        check(ours, Ended::MayPass { has_value: false }, 0);
        check(ours, Ended::WillNotPass, 1);
        check(go, Ended::WillNotPass, 0);
    }
}
