use plotters::coord::Shift;
use plotters::prelude::{
    Circle, DrawingArea, DrawingBackend, IntoDrawingArea, PathElement, SVGBackend, Text,
};
use plotters::style::text_anchor::{HPos, VPos};
use plotters::style::{Color, RGBColor};

use super::head::{HEIGHT, Head};
use super::scale::{Scale, label};
use super::style::{Drawn, GRID, INK, OTHERS, OURS, PAPER, colored, text, with_dark_mode};

/// One row per contender, with figures of several kinds on one logarithmic axis: the first
/// kind is a dot, each further one a wider ring, so that none hides another.
pub(crate) struct Dots {
    pub(crate) head: Head,
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
const RIGHT: i32 = 690;
/// Below the head comes the legend.
const TOP: i32 = HEIGHT + 46;
const ROW: i32 = 34;

impl Dots {
    /// The drawing.
    pub(crate) fn svg(&self) -> Result<String, String> {
        let mut svg = String::new();
        let height = (self.bottom() + 56).unsigned_abs();
        let drawn = self.draw(SVGBackend::with_string(&mut svg, (WIDTH, height)));
        drawn.map_err(|error| format!("the chart `{}`: {error}", self.head.title))?;
        let rows: Vec<_> =
            self.rows.iter().map(|row| format!("{} {}", row.name, row.figures())).collect();
        let description = format!("{}, {}: {}", self.axis, self.legend(), rows.join("; "));
        Ok(self.head.named(&with_dark_mode(&svg), &description))
    }

    /// The kinds in the order of the figures at each row's end.
    fn legend(&self) -> String {
        self.kinds.join(" / ")
    }

    fn bottom(&self) -> i32 {
        TOP + ROW * i32::try_from(self.rows.len()).unwrap_or(i32::MAX / ROW / 2)
    }

    fn draw<B: DrawingBackend>(&self, backend: B) -> Drawn<B> {
        let area = backend.into_drawing_area();
        area.fill(&PAPER)?;
        self.head.draw(&area)?;
        let mut at = LEFT;
        for (nth, (kind, color)) in self.kinds.iter().zip(colors()).enumerate() {
            self.mark(&area, nth, (at, HEIGHT + 14), color)?;
            let style = text(13, HPos::Left, VPos::Center);
            area.draw(&Text::new(kind.clone(), (at + 18, HEIGHT + 14), style))?;
            at += 50 + 8 * i32::try_from(kind.len()).unwrap_or(0);
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
            for (nth, (figure, color)) in row.figures.iter().zip(colors()).enumerate() {
                if *figure > 0.0 {
                    self.mark(&area, nth, (x.pixel(*figure), at), color)?;
                }
            }
            let style = colored(12, &color, HPos::Left, VPos::Center);
            area.draw(&Text::new(row.figures(), (RIGHT + 16, at), style))?;
        }
        area.present()
    }

    /// The figure of the nth kind: where several are equal, each is seen around the other.
    fn mark<B: DrawingBackend>(
        &self,
        area: &DrawingArea<B, Shift>,
        nth: usize,
        at: (i32, i32),
        color: RGBColor,
    ) -> Drawn<B> {
        let radius = 3 + 3 * i32::try_from(nth.min(self.kinds.len())).unwrap_or(0);
        let style = if nth == 0 { color.filled() } else { color.stroke_width(2) };
        area.draw(&Circle::new(at, radius, style))
    }
}

impl Dot {
    /// All of them, or the one that they all are.
    fn figures(&self) -> String {
        let labels: Vec<_> = self.figures.iter().map(|figure| label(*figure)).collect();
        match labels.split_first() {
            Some((first, rest)) if rest.iter().all(|other| other == first) => first.clone(),
            _ => labels.join(" / "),
        }
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
            head: Head { title: "calls".into(), reading: "Lower is better", machine: "m".into() },
            axis: "calls to the upstream",
            kinds: vec!["10 tasks".into(), "100 tasks".into()],
            rows: vec![row("mine"), row("yours")],
        };

        let svg = dots.svg().unwrap();

        for text in ["calls to the upstream", "10 tasks", "100 tasks", "mine", "yours"] {
            assert!(svg.contains(text), "{text}");
        }
        assert!(svg.contains("10 tasks / 100 tasks: mine 1 / 10; yours 1 / 10"), "{svg}");
    }

    #[test]
    fn figures_that_are_all_one_are_said_once() {
        let row = |figures| Dot { name: String::new(), is_ours: true, figures };

        assert_eq!(row(vec![1.0, 1.0, 1.0]).figures(), "1");
        assert_eq!(row(vec![1.0, 1.0, 2.0]).figures(), "1 / 1 / 2");
    }
}
