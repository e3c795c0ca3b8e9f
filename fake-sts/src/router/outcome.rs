use super::gate::{Arrival, Format};
use super::reply::{Identity, Reply};
use crate::wire::{Answer, Refusal, json_answer, json_error, xml_answer, xml_error};

/// What a caller gets.
#[derive(Debug)]
pub(super) enum Outcome {
    Answered(Answer),
    Refused(Refusal),
    /// An answer that is none of STS, by a fault.
    Foreign {
        status: u16,
        content_type: String,
        body: String,
    },
    /// Nothing, by a fault.
    Nothing,
}

impl From<Result<Answer, Refusal>> for Outcome {
    fn from(outcome: Result<Answer, Refusal>) -> Self {
        match outcome {
            Ok(answer) => Self::Answered(answer),
            Err(refusal) => Self::Refused(refusal),
        }
    }
}

impl Outcome {
    pub(super) fn reply(&self, arrival: &Arrival<'_>, identity: Identity) -> Reply {
        let name = arrival.form.first("Action").unwrap_or_default();
        let id = &identity.request_id;
        let (status, body, content_type) = match (self, arrival.format) {
            (Self::Answered(answer), Format::Xml) => {
                (200, xml_answer(name, answer, id), "text/xml")
            }
            (Self::Answered(answer), Format::Json) => {
                (200, json_answer(name, answer, id), "application/json")
            }
            (Self::Refused(refusal), Format::Xml) => {
                (refusal.code().status(), xml_error(refusal, id), "text/xml")
            }
            (Self::Refused(refusal), Format::Json) => {
                (refusal.code().status(), json_error(refusal, id), "application/json")
            }
            (Self::Foreign { status, content_type, body }, _) => {
                return Reply::foreign(*status, content_type, body.clone());
            }
            // Nobody sees it; were there a proxy in between, this would be its answer.
            (Self::Nothing, _) => return Reply::empty(502),
        };
        Reply::of_sts(status, identity, body, content_type)
    }
}
