use plotters::prelude::{DrawingBackend, IntoDrawingArea, Rectangle, SVGBackend, Text};
use plotters::style::Color;
use plotters::style::text_anchor::{HPos, VPos};

use super::head::{HEIGHT, Head};
use super::scale::label;
use super::style::{Drawn, INK, OTHERS, OURS, PAPER, colored, text, with_dark_mode};

/// One bar per contender, from zero, with its figure.
pub(crate) struct Bars {
    pub(crate) head: Head,
    pub(crate) axis: &'static str,
    pub(crate) rows: Vec<Bar>,
}

pub(crate) struct Bar {
    pub(crate) name: String,
    pub(crate) is_ours: bool,
    pub(crate) figure: f64,
}

const WIDTH: u32 = 860;
const LEFT: i32 = 200;
const RIGHT: i32 = 760;
const ROW: i32 = 26;

impl Bars {
    /// The drawing.
    pub(crate) fn svg(&self) -> Result<String, String> {
        let mut svg = String::new();
        let height = (self.bottom() + 40).unsigned_abs();
        let drawn = self.draw(SVGBackend::with_string(&mut svg, (WIDTH, height)));
        drawn.map_err(|error| format!("the chart `{}`: {error}", self.head.title))?;
        let figures: Vec<_> =
            self.rows.iter().map(|row| format!("{} {}", row.name, label(row.figure))).collect();
        let description = format!("{}: {}", self.axis, figures.join(", "));
        Ok(self.head.named(&with_dark_mode(&svg), &description))
    }

    fn bottom(&self) -> i32 {
        HEIGHT + ROW * i32::try_from(self.rows.len()).unwrap_or(i32::MAX / ROW / 2)
    }

    fn draw<B: DrawingBackend>(&self, backend: B) -> Drawn<B> {
        let area = backend.into_drawing_area();
        area.fill(&PAPER)?;
        self.head.draw(&area)?;
        for (row, at) in self.rows.iter().zip((0..).map(|nth| HEIGHT + ROW * nth + ROW / 2)) {
            let color = if row.is_ours { OURS } else { INK };
            let style = colored(13, &color, HPos::Right, VPos::Center);
            area.draw(&Text::new(row.name.clone(), (LEFT - 14, at), style))?;
            let end = LEFT + self.length(row.figure);
            let fill = if row.is_ours { OURS } else { OTHERS[OTHERS.len() - 1] };
            area.draw(&Rectangle::new([(LEFT, at - 8), (end, at + 8)], fill.filled()))?;
            let style = text(13, HPos::Left, VPos::Center);
            area.draw(&Text::new(label(row.figure), (end + 8, at), style))?;
        }
        let style = text(13, HPos::Left, VPos::Center);
        area.draw(&Text::new(self.axis, (LEFT, self.bottom() + 20), style))?;
        area.present()
    }

    /// In pixels; the longest bar fills the room.
    fn length(&self, figure: f64) -> i32 {
        let most = self.rows.iter().map(|row| row.figure).fold(0.0, f64::max);
        let share = if most > 0.0 { (figure / most).clamp(0.0, 1.0) } else { 0.0 };
        #[expect(clippy::cast_possible_truncation, reason = "it is within the drawing")]
        let pixels = (share * f64::from(RIGHT - LEFT)).round() as i32;
        pixels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_figure_and_has_it_beside_it() {
        let bar = |name: &str, figure| Bar { name: name.into(), is_ours: false, figure };
        let bars = Bars {
            head: Head { title: "t".into(), reading: "Lower is better", machine: "m".into() },
            axis: "bytes",
            rows: vec![bar("one", 250.0), bar("two", 1_000.0)],
        };

        let svg = bars.svg().unwrap();

        assert_eq!(bars.length(250.0) * 4, bars.length(1_000.0));
        assert!(svg.contains("<desc>Lower is better. bytes: one 250, two 1000</desc>"), "{svg}");
    }
}
