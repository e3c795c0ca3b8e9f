use std::fmt;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

/// A number of seconds without a fraction, also in the form `3600.0`: that is how Python writes its `total_seconds()`.
#[derive(Clone, Copy, Debug)]
pub(super) struct WholeSeconds(pub(super) u64);

impl<'de> Deserialize<'de> for WholeSeconds {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Reading)
    }
}

struct Reading;

impl Visitor<'_> for Reading {
    type Value = WholeSeconds;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number from 0 on")
    }

    fn visit_u64<E: Error>(self, seconds: u64) -> Result<WholeSeconds, E> {
        Ok(WholeSeconds(seconds))
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "what has no fraction and is in the range loses nothing"
    )]
    fn visit_f64<E: Error>(self, seconds: f64) -> Result<WholeSeconds, E> {
        // Above, not every whole number is a float.
        if (0.0..=9_007_199_254_740_992.0).contains(&seconds) && seconds.fract() == 0.0 {
            return Ok(WholeSeconds(seconds as u64));
        }
        Err(E::invalid_value(Unexpected::Float(seconds), &self))
    }
}
