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
mod xml;

pub(crate) use self::member::Member;
pub use self::{
    answer::{Answer, Value},
    code::ErrorCode,
    constraint::Text,
    form::{EscapeFault, Form},
    input::{ClauseOrder, Input},
    json::{json_answer, json_error},
    refusal::Refusal,
    xml::{xml_answer, xml_error},
};
