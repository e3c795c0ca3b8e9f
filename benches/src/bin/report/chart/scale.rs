/// A logarithmic axis: from a span of data to a span of pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    from: f64,
    to: f64,
    pixels: (i32, i32),
}

impl Scale {
    /// One that has room for all of these figures, the first pixel for the lowest.
    pub(super) fn over(figures: impl Iterator<Item = f64>, pixels: (i32, i32)) -> Self {
        let logs: Vec<_> = figures.filter(|f| *f > 0.0 && f.is_finite()).map(f64::log10).collect();
        let low = logs.iter().copied().fold(f64::INFINITY, f64::min);
        let high = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (low, high) = if low > high { (0.0, 1.0) } else { (low, high) };
        let margin = ((high - low) * 0.06).max(0.08);
        Self { from: low - margin, to: high + margin, pixels }
    }

    /// Where a figure lies; what is not positive lies at the low end.
    pub(super) fn pixel(&self, figure: f64) -> i32 {
        let share = (figure.max(f64::MIN_POSITIVE).log10() - self.from) / (self.to - self.from);
        let (first, last) = self.pixels;
        let along = f64::from(last - first) * share.clamp(0.0, 1.0);
        #[expect(clippy::cast_possible_truncation, reason = "it lies between two pixels")]
        let along = along.round() as i32;
        first + along
    }

    /// Round figures to label: 1, 2 and 5 of each power of ten, or the powers alone if
    /// those were too many.
    pub(super) fn ticks(&self) -> Vec<f64> {
        let within = |tick: &f64| (self.from..=self.to).contains(&tick.log10());
        let decades = (-12..=12).map(|power| 10_f64.powi(power));
        let fine: Vec<_> =
            decades.clone().flat_map(|d| [d, 2.0 * d, 5.0 * d]).filter(within).collect();
        if fine.len() <= 8 { fine } else { decades.filter(within).collect() }
    }
}

/// A figure of three digits at most, as short as it can be said: `0.5`, `20`, `10k`, `2M`.
pub(super) fn label(figure: f64) -> String {
    match figure {
        f if f >= 1e6 => format!("{}M", rounded(f / 1e6)),
        f if f >= 1e4 => format!("{}k", rounded(f / 1e3)),
        f => format!("{}", rounded(f)),
    }
}

/// Whole from 100 on, else with as many decimals as three digits leave.
fn rounded(figure: f64) -> f64 {
    let step = match figure {
        f if f >= 100.0 => 1.0,
        f if f >= 10.0 => 10.0,
        f if f >= 1.0 => 100.0,
        _ => 1000.0,
    };
    (figure * step).round() / step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_decade_is_as_long_as_the_next() {
        let scale = Scale::over([1.0, 10.0, 100.0].into_iter(), (0, 1_000));

        let [a, b, c] = [1.0, 10.0, 100.0].map(|figure| scale.pixel(figure));

        assert_eq!(b - a, c - b);
        assert!(a > 0 && c < 1_000);
    }

    #[test]
    fn an_axis_without_figures_can_be_drawn() {
        let scale = Scale::over(std::iter::empty(), (10, 20));

        assert_eq!(scale.pixel(0.0), 10);
        assert!(!scale.ticks().is_empty());
    }

    #[test]
    fn labels_are_short() {
        let figures = [0.5, 20.0, 20_000.0, 5e6, 0.6412, 51.274, 2_104.3, 12_345.0];

        let labels = ["0.5", "20", "20k", "5M", "0.641", "51.3", "2104", "12.3k"];
        assert_eq!(figures.map(label), labels);
    }
}
