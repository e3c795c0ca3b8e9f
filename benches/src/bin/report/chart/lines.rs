use plotters::prelude::{Circle, DrawingBackend, IntoDrawingArea, PathElement, SVGBackend, Text};
use plotters::style::text_anchor::{HPos, VPos};
use plotters::style::{Color, RGBColor};

use super::scale::{Scale, label};
use super::style::{Drawn, GRID, INK, OTHERS, OURS, PAPER, colored, text, with_dark_mode};

/// Figures over figures, both on logarithmic axes, each line labelled at its end.
pub(crate) struct Lines {
    pub(crate) title: String,
    pub(crate) x_axis: &'static str,
    pub(crate) y_axis: &'static str,
    pub(crate) lines: Vec<Line>,
}

pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) is_ours: bool,
    pub(crate) points: Vec<(f64, f64)>,
}

const WIDTH: u32 = 860;
const HEIGHT: u32 = 460;
const LEFT: i32 = 70;
const RIGHT: i32 = 640;
const TOP: i32 = 50;
const BOTTOM: i32 = 405;
/// From one label to the next.
const LABEL_STEP: i32 = 15;

impl Lines {
    /// The drawing.
    pub(crate) fn svg(&self) -> Result<String, String> {
        let mut svg = String::new();
        let drawn = self.draw(SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)));
        drawn.map_err(|error| format!("the chart `{}`: {error}", self.title))?;
        Ok(with_dark_mode(&svg))
    }

    fn draw<B: DrawingBackend>(&self, backend: B) -> Drawn<B> {
        let area = backend.into_drawing_area();
        area.fill(&PAPER)?;
        let title = text(17, HPos::Left, VPos::Center);
        area.draw(&Text::new(self.title.clone(), (LEFT, 24), title))?;

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
        area.draw(&Text::new(self.x_axis, (middle, BOTTOM + 40), style))?;
        let style = text(13, HPos::Left, VPos::Center);
        area.draw(&Text::new(self.y_axis, (LEFT, TOP - 6), style))?;

        for (line, color) in self.lines.iter().zip(self.colors()) {
            let path: Vec<_> = line.points.iter().map(|p| (x.pixel(p.0), y.pixel(p.1))).collect();
            let width: i32 = if line.is_ours { 3 } else { 2 };
            for point in &path {
                area.draw(&Circle::new(*point, width + 1, color.filled()))?;
            }
            let stroke = color.stroke_width(width.unsigned_abs());
            area.draw(&PathElement::new(path, stroke))?;
        }
        for (name, color, end, at) in self.labels(&y) {
            let lead = PathElement::new([(RIGHT + 4, end), (RIGHT + 14, at)], color);
            area.draw(&lead)?;
            let style = colored(13, &color, HPos::Left, VPos::Center);
            area.draw(&Text::new(name, (RIGHT + 18, at), style))?;
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

    /// Each line's name, colour, end, and a place for the name where no other one is.
    fn labels(&self, y: &Scale) -> Vec<(String, RGBColor, i32, i32)> {
        let mut labels: Vec<_> = self
            .lines
            .iter()
            .zip(self.colors())
            .filter_map(|(line, color)| {
                let end = y.pixel(line.points.last()?.1);
                Some((line.name.clone(), color, end, end))
            })
            .collect();
        labels.sort_by_key(|label| label.2);
        let mut lowest = TOP - LABEL_STEP;
        for label in &mut labels {
            label.3 = label.3.max(lowest + LABEL_STEP);
            lowest = label.3;
        }
        // What was pushed below the chart moves up again, and pushes what is above it.
        let mut highest = BOTTOM + LABEL_STEP;
        for label in labels.iter_mut().rev() {
            label.3 = label.3.min(highest - LABEL_STEP);
            highest = label.3;
        }
        labels
    }
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
            title: "t".into(),
            x_axis: "x",
            y_axis: "y",
            lines: (0..9).map(line).collect(),
        };

        let y = Scale::over([10.0].into_iter(), (BOTTOM, TOP));
        let labels = lines.labels(&y);

        assert!(labels.windows(2).all(|pair| pair[1].3 - pair[0].3 >= LABEL_STEP), "{labels:?}");
        assert!(lines.svg().unwrap().contains("prefers-color-scheme: dark"));
    }
}
