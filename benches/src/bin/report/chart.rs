//! Three kinds of charts, drawn by plotters as SVG that follows the reader's light or dark
//! mode. Each says in its head what it shows, which direction is better and where it was
//! measured.

mod bars;
mod dots;
mod head;
mod lines;
mod scale;
mod style;

pub(crate) use self::bars::{Bar, Bars};
pub(crate) use self::dots::{Dot, Dots};
pub(crate) use self::head::Head;
pub(crate) use self::lines::{Line, Lines};
