use plotters::prelude::{DrawingAreaErrorKind, DrawingBackend};
use plotters::style::RGBColor;
use plotters::style::TextStyle;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// What comes of drawing on a backend.
pub(super) type Drawn<B> = Result<(), DrawingAreaErrorKind<<B as DrawingBackend>::ErrorType>>;

/// Text and axes.
pub(super) const INK: RGBColor = RGBColor(0x1F, 0x23, 0x28);
/// What is there to be looked past.
pub(super) const GRID: RGBColor = RGBColor(0xD0, 0xD7, 0xDE);
pub(super) const PAPER: RGBColor = RGBColor(0xFF, 0xFF, 0xFF);

/// Ours stand out. Each can be read as text on the paper, and as far as seven can be told
/// from each other, by the colour-blind too.
pub(super) const OURS: RGBColor = RGBColor(0xBC, 0x4C, 0x00);
pub(super) const OTHERS: [RGBColor; 7] = [
    RGBColor(0x09, 0x69, 0xDA),
    RGBColor(0x1A, 0x7F, 0x37),
    RGBColor(0x82, 0x50, 0xDF),
    RGBColor(0x0E, 0x71, 0x78),
    RGBColor(0xBF, 0x39, 0x89),
    RGBColor(0x8A, 0x5D, 0x00),
    RGBColor(0x57, 0x60, 0x6A),
];

/// What each colour becomes on dark paper.
const ON_DARK: [(&str, &str); 11] = [
    ("#1F2328", "#E6EDF3"),
    ("#D0D7DE", "#373E47"),
    ("#FFFFFF", "#0D1117"),
    ("#BC4C00", "#F0883E"),
    ("#0969DA", "#58A6FF"),
    ("#1A7F37", "#3FB950"),
    ("#8250DF", "#BC8CFF"),
    ("#0E7178", "#39C5CF"),
    ("#BF3989", "#F778BA"),
    ("#8A5D00", "#D29922"),
    ("#57606A", "#8B949E"),
];

/// The drawing with rules for dark paper, to which the attributes of the drawing give way.
pub(super) fn with_dark_mode(svg: &str) -> String {
    let Some(end) = svg.find('>').filter(|_| svg.starts_with("<svg")) else {
        return svg.to_owned();
    };
    let rules: String = ON_DARK
        .iter()
        .map(|(light, dark)| {
            format!("[fill=\"{light}\"]{{fill:{dark}}}[stroke=\"{light}\"]{{stroke:{dark}}}")
        })
        .collect();
    let style = format!("<style>@media (prefers-color-scheme: dark) {{{rules}}}</style>");
    format!("{}{style}{}", &svg[..=end], &svg[end + 1..])
}

pub(super) fn text<'a>(size: u32, horizontally: HPos, vertically: VPos) -> TextStyle<'a> {
    colored(size, &INK, horizontally, vertically)
}

pub(super) fn colored<'a>(size: u32, color: &'a RGBColor, h: HPos, v: VPos) -> TextStyle<'a> {
    TextStyle::from(("sans-serif", size)).color(color).pos(Pos::new(h, v))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// [WCAG 2.2](https://www.w3.org/TR/WCAG22/#dfn-relative-luminance).
    fn luminance(hex: &str) -> f64 {
        let part = |at: usize| {
            let share = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_colour_of_text_can_be_read_on_both_papers() {
        let hex = |color: &RGBColor| format!("#{:02X}{:02X}{:02X}", color.0, color.1, color.2);
        for color in OTHERS.iter().chain([&OURS, &INK]).map(hex) {
            let (light, dark) = ON_DARK.into_iter().find(|(light, _)| *light == color).unwrap();
            assert!(contrast(light, "#FFFFFF") >= 4.5, "{light}: {}", contrast(light, "#FFFFFF"));
            assert!(contrast(dark, "#0D1117") >= 4.5, "{dark}: {}", contrast(dark, "#0D1117"));
        }
    }
}
