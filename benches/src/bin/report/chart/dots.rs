use plotters::prelude::{Circle, DrawingBackend, IntoDrawingArea, PathElement, SVGBackend, Text};
use plotters::style::text_anchor::{HPos, VPos};
use plotters::style::{Color, RGBColor};

use super::scale::{Scale, label};
use super::style::{Drawn, GRID, INK, OTHERS, OURS, PAPER, colored, text, with_dark_mode};

/// One row per contender, with figures of several kinds on one logarithmic axis.
pub(crate) struct Dots {
    pub(crate) title: String,
    pub(crate) axis: &'static str,
    /// The kinds of figures, each with a colour of its own.
    pub(crate) kinds: Vec<String>,
    pub(crate) rows: Vec<Dot>,
}

pub(crate) struct Dot {
    pub(crate) name: String,
    pub(crate) is_ours: bool,
    /// One per kind; what is not positive and finite is left out.
    pub(crate) figures: Vec<f64>,
}

const WIDTH: u32 = 860;
const LEFT: i32 = 200;
const RIGHT: i32 = 830;
const TOP: i32 = 86;
const ROW: i32 = 26;

impl Dots {
    /// The drawing.
    pub(crate) fn svg(&self) -> Result<String, String> {
        let mut svg = String::new();
        let height = (self.bottom() + 56).unsigned_abs();
        let drawn = self.draw(SVGBackend::with_string(&mut svg, (WIDTH, height)));
        drawn.map_err(|error| format!("the chart `{}`: {error}", self.title))?;
        Ok(with_dark_mode(&svg))
    }

    fn bottom(&self) -> i32 {
        TOP + ROW * i32::try_from(self.rows.len()).unwrap_or(i32::MAX / ROW / 2)
    }

    fn draw<B: DrawingBackend>(&self, backend: B) -> Drawn<B> {
        let area = backend.into_drawing_area();
        area.fill(&PAPER)?;
        let title = text(17, HPos::Left, VPos::Center);
        area.draw(&Text::new(self.title.clone(), (20, 24), title))?;
        let mut at = LEFT;
        for (kind, color) in self.kinds.iter().zip(colors()) {
            area.draw(&Circle::new((at, 54), 5, color.filled()))?;
            let style = text(13, HPos::Left, VPos::Center);
            area.draw(&Text::new(kind.clone(), (at + 10, 54), style))?;
            at += 36 + 8 * i32::try_from(kind.len()).unwrap_or(0);
        }

        let bottom = self.bottom();
        let figures = self.rows.iter().flat_map(|row| row.figures.iter().copied());
        let x = Scale::over(figures, (LEFT, RIGHT));
        for tick in x.ticks() {
            let at = x.pixel(tick);
            let rule = PathElement::new([(at, TOP - 8), (at, bottom)], GRID);
            area.draw(&rule)?;
            let style = text(12, HPos::Center, VPos::Top);
            area.draw(&Text::new(label(tick), (at, bottom + 6), style))?;
        }
        let style = text(13, HPos::Center, VPos::Center);
        let middle = i32::midpoint(LEFT, RIGHT);
        area.draw(&Text::new(self.axis, (middle, bottom + 36), style))?;

        for (row, at) in self.rows.iter().zip((0..).map(|nth| TOP + ROW * nth + ROW / 2)) {
            let color = if row.is_ours { OURS } else { INK };
            let style = colored(13, &color, HPos::Right, VPos::Center);
            area.draw(&Text::new(row.name.clone(), (LEFT - 14, at), style))?;
            let seen = || row.figures.iter().copied().filter(|f| *f > 0.0 && f.is_finite());
            let low = seen().fold(f64::INFINITY, f64::min);
            let high = seen().fold(0.0, f64::max);
            if low < high {
                let span = PathElement::new([(x.pixel(low), at), (x.pixel(high), at)], INK);
                area.draw(&span)?;
            }
            // The first kind last: where dots lie on each other, it is the one to see.
            let dots: Vec<_> = row.figures.iter().zip(colors()).collect();
            for (figure, color) in dots.into_iter().rev().filter(|(f, _)| **f > 0.0) {
                let dot = Circle::new((x.pixel(*figure), at), 5, color.filled());
                area.draw(&dot)?;
            }
        }
        area.present()
    }
}

fn colors() -> impl Iterator<Item = RGBColor> {
    OTHERS.into_iter().cycle()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_and_kind_is_named_in_the_drawing() {
        let row = |name: &str| Dot { name: name.into(), is_ours: false, figures: vec![1.0, 10.0] };
        let dots = Dots {
            title: "calls".into(),
            axis: "calls to the upstream",
            kinds: vec!["10 tasks".into(), "100 tasks".into()],
            rows: vec![row("mine"), row("yours")],
        };

        let svg = dots.svg().unwrap();

        for text in ["calls to the upstream", "10 tasks", "100 tasks", "mine", "yours"] {
            assert!(svg.contains(text), "{text}");
        }
    }
}
