//! Conversions between the SDK's clock and ours.
//!
//! One configuration, one time: a cache that expires by another clock than the one
//! which signs will refresh too early or too late.

use std::time::SystemTime;

use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource, TimeSource};
use aws_types::SdkConfig;
use stscreds_core::{Clock, Timestamp};

/// The time of the SDK's configuration as one of our clocks. Defaults to the system's.
#[must_use]
pub fn clock_of(config: &SdkConfig) -> Clock {
    config.time_source().map_or_else(Clock::system, |source| Clock::custom(SdkTime(source)))
}

/// The clock for a cache: `None` where the configuration has the system's time, which a cache
/// reads cheaper.
pub(crate) fn cache_clock_of(config: &SdkConfig) -> Option<Clock> {
    let source = config.time_source()?;
    // Nothing but its `Debug` text says which one it is, with a wrapper for each time it was passed on.
    let shown = format!("{source:?}");
    let innermost = shown.trim_start_matches("SharedTimeSource(").trim_end_matches(')');
    (innermost != format!("{:?}", SystemTimeSource::new())).then(|| clock_of(config))
}

/// Our clock as a time source of the SDK.
#[must_use]
pub fn time_source_of(clock: Clock) -> SharedTimeSource {
    SharedTimeSource::new(OurTime(clock))
}

#[derive(Debug)]
struct SdkTime(SharedTimeSource);

impl stscreds_core::TimeSource for SdkTime {
    fn now(&self) -> Timestamp {
        self.0.now().into()
    }
}

#[derive(Debug)]
struct OurTime(Clock);

impl TimeSource for OurTime {
    fn now(&self) -> SystemTime {
        self.0.now().into()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use stscreds_core::ManualClock;

    use super::*;

    #[test]
    fn one_clock_moves_both() {
        let manual = ManualClock::at(Timestamp::from_unix_seconds(1_000));
        let config =
            SdkConfig::builder().time_source(time_source_of(manual.clone().into())).build();
        let clock = clock_of(&config);

        manual.advance(Duration::from_secs(5));

        assert_eq!(clock.now(), Timestamp::from_unix_seconds(1_005));
        assert_eq!(config.time_source().unwrap().now(), SystemTime::from(manual.now()));
    }

    #[test]
    fn a_cache_reads_the_systems_time_itself_and_any_other_as_given() {
        let given = |source| SdkConfig::builder().time_source(source).build();
        let manual = ManualClock::at(Timestamp::from_unix_seconds(1_000));

        assert!(cache_clock_of(&SdkConfig::builder().build()).is_none());
        assert!(cache_clock_of(&given(SharedTimeSource::new(SystemTimeSource::new()))).is_none());
        let other = cache_clock_of(&given(time_source_of(manual.clone().into()))).unwrap();
        assert_eq!(other.now(), manual.now());
    }

    #[test]
    fn a_configuration_without_time_has_the_systems() {
        let clock = clock_of(&SdkConfig::builder().build());

        assert!(clock.now() > Timestamp::from_unix_seconds(1_735_689_600));
    }
}
