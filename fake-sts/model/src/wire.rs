//! The query protocol as STS speaks it: forms in, XML or JSON out.
//!
//! Knows bytes, parameters, constraints and error codes; knows nothing of accounts, policies or time.

mod answer;
mod code;
pub mod constraint;
mod form;
mod input;
mod json;
mod member;
mod refusal;
mod text;
mod xml;

pub use self::answer::{Answer, Value};
pub use self::code::ErrorCode;
pub use self::constraint::Text;
pub use self::form::{EscapeFault, Form};
pub use self::input::{ClauseOrder, Input};
pub use self::json::{json_answer, json_error};
pub(crate) use self::member::Member;
pub use self::refusal::Refusal;
pub use self::text::beginning;
pub use self::xml::{xml_answer, xml_error};
