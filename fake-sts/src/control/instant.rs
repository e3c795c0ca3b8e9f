use std::fmt;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

/// A time such as `2026-07-13T10:00:00Z`, or seconds since 1970.
///
/// Seconds may have a fraction: what `time.time()` of Python gives has one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instant(pub(super) SystemTime);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Reading)
    }
}

struct Reading;

impl Visitor<'_> for Reading {
    type Value = Instant;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time such as 2026-07-13T10:00:00Z, or seconds since 1970")
    }

    fn visit_i64<E: Error>(self, seconds: i64) -> Result<Instant, E> {
        let time = Timestamp::from_second(seconds).map_err(|_| no_time(&seconds))?;
        Ok(Instant(time.into()))
    }

    fn visit_u64<E: Error>(self, seconds: u64) -> Result<Instant, E> {
        self.visit_i64(i64::try_from(seconds).unwrap_or(i64::MAX)).map_err(|_: E| no_time(&seconds))
    }

    fn visit_f64<E: Error>(self, seconds: f64) -> Result<Instant, E> {
        let since_1970 = Duration::try_from_secs_f64(seconds).ok();
        let time = since_1970.and_then(|since| SystemTime::UNIX_EPOCH.checked_add(since));
        Ok(Instant(time.ok_or_else(|| no_time(&seconds))?))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Instant, E> {
        let time = text.parse::<Timestamp>().map_err(|_| no_time(&text.escape_debug()))?;
        Ok(Instant(time.into()))
    }
}

fn no_time<E: Error>(given: &dyn fmt::Display) -> E {
    E::custom(format!(
        "`{given}` is no time; write one such as 2026-07-13T10:00:00Z, or seconds since 1970"
    ))
}
