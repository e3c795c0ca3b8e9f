//! Two kinds of charts, drawn by plotters as SVG that follows the reader's light or dark
//! mode.

mod dots;
mod lines;
mod scale;
mod style;

pub(crate) use self::dots::{Dot, Dots};
pub(crate) use self::lines::{Line, Lines};
