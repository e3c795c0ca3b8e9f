//! The SDK's clock and ours, made of one another.
//!
//! One configuration, one time: a cache that expires by another clock than the one
//! which signs will refresh too early or too late.

use std::time::SystemTime;

use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use aws_types::SdkConfig;
use stscreds_core::{Clock, Timestamp};

/// The time of the SDK's configuration as a clock of ours; the system's if it has none.
#[must_use]
pub fn clock_of(config: &SdkConfig) -> Clock {
    config.time_source().map_or_else(Clock::system, |source| Clock::custom(SdkTime(source)))
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
    fn a_configuration_without_time_has_the_systems() {
        let clock = clock_of(&SdkConfig::builder().build());

        assert!(clock.now() > Timestamp::from_unix_seconds(1_735_689_600));
    }
}
