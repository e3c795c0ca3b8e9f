use std::fmt;
use std::sync::Arc;

/// The one way in which chance enters: numbers between 0 and 1.
#[derive(Clone, Default)]
pub(crate) struct Chance(Option<Arc<dyn Fn() -> f64 + Send + Sync>>);

impl Chance {
    pub(crate) fn custom(draw: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(draw)))
    }

    /// A number between 0 and 1, both included; what is no number counts as 0.
    pub(crate) fn draw(&self) -> f64 {
        let drawn = match &self.0 {
            Some(draw) => draw(),
            None => fastrand::f64(),
        };
        if drawn.is_nan() { 0.0 } else { drawn.clamp(0.0, 1.0) }
    }
}

impl fmt::Debug for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Chance::custom" } else { "Chance::random" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_drawn_ends_up_between_0_and_1() {
        for (drawn, used) in [(f64::NAN, 0.0), (-1.0, 0.0), (7.0, 1.0), (0.25, 0.25)] {
            assert!((Chance::custom(move || drawn).draw() - used).abs() < f64::EPSILON);
        }
        assert!((0.0..=1.0).contains(&Chance::default().draw()));
    }
}
