use plotters::prelude::{DrawingArea, DrawingBackend, Text};
use plotters::style::text_anchor::{HPos, VPos};

use super::style::{Drawn, text};

/// What a reader must know before looking at a picture.
pub(crate) struct Head {
    pub(crate) title: String,
    /// Which direction is better, and which axes are not linear.
    pub(crate) reading: &'static str,
    /// Where it was measured.
    pub(crate) machine: String,
}

/// How much of the drawing it takes.
pub(super) const HEIGHT: i32 = 64;

impl Head {
    pub(super) fn draw<B: DrawingBackend>(
        &self,
        area: &DrawingArea<B, plotters::coord::Shift>,
    ) -> Drawn<B> {
        let title = text(17, HPos::Left, VPos::Center);
        area.draw(&Text::new(self.title.clone(), (20, 22), title))?;
        let below = text(12, HPos::Left, VPos::Center);
        area.draw(&Text::new(format!("{}. {}", self.reading, self.machine), (20, 44), below))
    }

    /// The drawing with a name and a description for those who do not see it.
    pub(super) fn named(&self, svg: &str, description: &str) -> String {
        let Some(end) = svg.find('>').filter(|_| svg.starts_with("<svg")) else {
            return svg.to_owned();
        };
        let (title, description) = (escaped(&self.title), escaped(description));
        let text = format!("<title>{title}</title><desc>{}. {description}</desc>", self.reading);
        format!("{}{text}{}", &svg[..=end], &svg[end + 1..])
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_a_name_and_a_description_in_its_first_elements() {
        let head = Head { title: "a < b".into(), reading: "Lower is better", machine: "m".into() };

        let svg = head.named("<svg width=\"1\"><g/></svg>", "ours: 1 & 2");

        assert_eq!(
            svg,
            "<svg width=\"1\"><title>a &lt; b</title>\
             <desc>Lower is better. ours: 1 &amp; 2</desc><g/></svg>"
        );
    }
}
