use plotters::element::DashedPathElement;
use plotters::prelude::{Circle, DrawingBackend, IntoDrawingArea, PathElement, SVGBackend, Text};
use plotters::style::text_anchor::{HPos, VPos};
use plotters::style::{Color, RGBColor};

use super::head::{HEIGHT as HEAD, Head};
use super::scale::{Scale, label};
use super::style::{Drawn, GRID, INK, OTHERS, OURS, PAPER, colored, text, with_dark_mode};

/// Figures over figures, both on logarithmic axes, each line labelled at its end.
pub(crate) struct Lines {
    pub(crate) head: Head,
    pub(crate) x_axis: String,
    pub(crate) y_axis: &'static str,
    pub(crate) lines: Vec<Line>,
}

pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) is_ours: bool,
    pub(crate) points: Vec<(f64, f64)>,
}

const WIDTH: u32 = 860;
const HEIGHT: u32 = 500;
const LEFT: i32 = 70;
const RIGHT: i32 = 640;
const TOP: i32 = HEAD + 26;
const BOTTOM: i32 = 445;
/// From one label to the next.
const LABEL_STEP: i32 = 15;

impl Lines {
    /// The drawing.
    pub(crate) fn svg(&self) -> Result<String, String> {
        let mut svg = String::new();
        let drawn = self.draw(SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)));
        drawn.map_err(|error| format!("the chart `{}`: {error}", self.head.title))?;
        let ends = self.lines.iter().filter_map(|line| {
            let (x, y) = line.points.last()?;
            Some(format!("{} {} at {}", line.name, label(*y), label(*x)))
        });
        let ends: Vec<_> = ends.collect();
        let description = format!("{} by {}: {}", self.y_axis, self.x_axis, ends.join(", "));
        Ok(self.head.named(&with_dark_mode(&svg), &description))
    }

    fn draw<B: DrawingBackend>(&self, backend: B) -> Drawn<B> {
        let area = backend.into_drawing_area();
        area.fill(&PAPER)?;
        self.head.draw(&area)?;

        let points = || self.lines.iter().flat_map(|line| line.points.iter());
        let x = Scale::over(points().map(|point| point.0), (LEFT, RIGHT));
        let y = Scale::over(points().map(|point| point.1), (BOTTOM, TOP));
        for tick in y.ticks() {
            let at = y.pixel(tick);
            let rule = PathElement::new([(LEFT, at), (RIGHT, at)], GRID);
            area.draw(&rule)?;
            let style = text(12, HPos::Right, VPos::Center);
            area.draw(&Text::new(label(tick), (LEFT - 8, at), style))?;
        }
        for tick in self.x_ticks() {
            let at = x.pixel(tick);
            let rule = PathElement::new([(at, BOTTOM), (at, BOTTOM + 5)], INK);
            area.draw(&rule)?;
            let style = text(12, HPos::Center, VPos::Top);
            area.draw(&Text::new(label(tick), (at, BOTTOM + 9), style))?;
        }
        let style = text(13, HPos::Center, VPos::Center);
        let middle = i32::midpoint(LEFT, RIGHT);
        area.draw(&Text::new(self.x_axis.clone(), (middle, BOTTOM + 40), style))?;
        let style = text(13, HPos::Left, VPos::Center);
        area.draw(&Text::new(self.y_axis, (20, TOP - 14), style))?;

        let mut ours = 0;
        for (line, color) in self.lines.iter().zip(self.colors()) {
            let path: Vec<_> = line.points.iter().map(|p| (x.pixel(p.0), y.pixel(p.1))).collect();
            let width: i32 = if line.is_ours { 3 } else { 2 };
            for point in &path {
                area.draw(&Circle::new(*point, width + 1, color.filled()))?;
            }
            let stroke = color.stroke_width(width.unsigned_abs());
            // Our second and further lines are dashed, so that the first shows below them.
            if line.is_ours && ours > 0 {
                area.draw(&DashedPathElement::new(path, 4 * ours, 8, stroke))?;
            } else {
                area.draw(&PathElement::new(path, stroke))?;
            }
            ours += i32::from(line.is_ours);
        }
        for name in self.names(&x, &y) {
            let lead = PathElement::new([name.end, (RIGHT + 14, name.at)], name.color);
            area.draw(&lead)?;
            let style = colored(13, &name.color, HPos::Left, VPos::Center);
            area.draw(&Text::new(name.text, (RIGHT + 18, name.at), style))?;
        }
        area.present()
    }

    /// The measured places: between them nothing was measured.
    fn x_ticks(&self) -> Vec<f64> {
        let mut ticks: Vec<_> =
            self.lines.iter().flat_map(|line| line.points.iter().map(|point| point.0)).collect();
        ticks.sort_by(f64::total_cmp);
        ticks.dedup();
        ticks
    }

    fn colors(&self) -> Vec<RGBColor> {
        let mut others = OTHERS.into_iter().cycle();
        let mut next = || others.next().unwrap_or(INK);
        self.lines.iter().map(|line| if line.is_ours { OURS } else { next() }).collect()
    }

    /// Each line's name and last figure, its end, and a height where no other name is.
    fn names(&self, x: &Scale, y: &Scale) -> Vec<Name> {
        let mut names: Vec<_> = self
            .lines
            .iter()
            .zip(self.colors())
            .filter_map(|(line, color)| {
                let last = line.points.last()?;
                let end = (x.pixel(last.0), y.pixel(last.1));
                let text = format!("{} {}", line.name, label(last.1));
                Some(Name { text, color, end, at: end.1 })
            })
            .collect();
        names.sort_by_key(|name| name.at);
        let mut lowest = TOP - LABEL_STEP;
        for name in &mut names {
            name.at = name.at.max(lowest + LABEL_STEP);
            lowest = name.at;
        }
        // What was pushed below the chart moves up again, and pushes what is above it.
        let mut highest = BOTTOM + LABEL_STEP;
        for name in names.iter_mut().rev() {
            name.at = name.at.min(highest - LABEL_STEP);
            highest = name.at;
        }
        names
    }
}

/// A line's name at the right of the chart.
struct Name {
    text: String,
    color: RGBColor,
    /// Where the line ends, and the lead to its name begins.
    end: (i32, i32),
    at: i32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_lines_that_end_together_do_not_overlap() {
        let line = |nth: u8| Line {
            name: nth.to_string(),
            is_ours: nth == 0,
            points: vec![(1.0, 10.0), (2.0, 10.0)],
        };
        let lines = Lines {
            head: Head { title: "t".into(), reading: "Higher is better", machine: "m".into() },
            x_axis: "x".into(),
            y_axis: "y",
            lines: (0..9).map(line).collect(),
        };

        let x = Scale::over([1.0, 2.0].into_iter(), (LEFT, RIGHT));
        let y = Scale::over([10.0].into_iter(), (BOTTOM, TOP));
        let names: Vec<_> = lines.names(&x, &y).iter().map(|name| name.at).collect();

        assert!(names.windows(2).all(|pair| pair[1] - pair[0] >= LABEL_STEP), "{names:?}");
        assert!(lines.svg().unwrap().contains("prefers-color-scheme: dark"));
    }
}
