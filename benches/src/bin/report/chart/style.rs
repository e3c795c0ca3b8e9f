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

/// Ours stand out. All of them can be told from both papers, and as far as seven can be
/// from each other, by the colour-blind too.
pub(super) const OURS: RGBColor = RGBColor(0xE8, 0x59, 0x0C);
pub(super) const OTHERS: [RGBColor; 7] = [
    RGBColor(0x1C, 0x7E, 0xD6),
    RGBColor(0x2B, 0x8A, 0x3E),
    RGBColor(0x9C, 0x36, 0xB5),
    RGBColor(0x0C, 0x85, 0x99),
    RGBColor(0xC2, 0x25, 0x5C),
    RGBColor(0xA0, 0x70, 0x00),
    RGBColor(0x7A, 0x82, 0x8A),
];

/// Follows the mode of whoever looks: attributes of the drawing give way to these rules.
const DARK: &str = "<style>@media (prefers-color-scheme: dark) {\
    [fill=\"#1F2328\"] { fill: #E6EDF3 } [stroke=\"#1F2328\"] { stroke: #E6EDF3 }\
    [fill=\"#D0D7DE\"] { fill: #373E47 } [stroke=\"#D0D7DE\"] { stroke: #373E47 }\
    [fill=\"#FFFFFF\"] { fill: #0D1117 } }</style>";

/// The drawing with the rules for dark paper.
pub(super) fn with_dark_mode(svg: &str) -> String {
    match svg.find('>').filter(|_| svg.starts_with("<svg")) {
        Some(end) => format!("{}{DARK}{}", &svg[..=end], &svg[end + 1..]),
        None => svg.to_owned(),
    }
}

pub(super) fn text<'a>(size: u32, horizontally: HPos, vertically: VPos) -> TextStyle<'a> {
    colored(size, &INK, horizontally, vertically)
}

pub(super) fn colored<'a>(size: u32, color: &'a RGBColor, h: HPos, v: VPos) -> TextStyle<'a> {
    TextStyle::from(("sans-serif", size)).color(color).pos(Pos::new(h, v))
}
