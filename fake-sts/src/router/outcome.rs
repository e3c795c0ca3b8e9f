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
        let (body, content_type) = match (self, arrival.format) {
            (Self::Answered(answer), Format::Xml) => (xml_answer(name, answer, id), "text/xml"),
            (Self::Answered(answer), Format::Json) => {
                (json_answer(name, answer, id), "application/json")
            }
            (Self::Refused(refusal), format) => return refused_reply(refusal, format, identity),
            (Self::Foreign { status, content_type, body }, _) => {
                return Reply::foreign(*status, content_type, body.clone());
            }
            // Nobody sees it; were there a proxy in between, this would be its answer.
            (Self::Nothing, _) => return Reply::empty(502),
        };
        Reply::of_sts(200, identity, body, content_type)
    }
}

/// What a caller gets who is refused.
pub(super) fn refused_reply(refusal: &Refusal, format: Format, identity: Identity) -> Reply {
    let id = &identity.request_id;
    let (body, content_type) = match format {
        Format::Xml => (xml_error(refusal, id), "text/xml"),
        Format::Json => (json_error(refusal, id), "application/json"),
    };
    Reply::of_sts(refusal.code().status(), identity, body, content_type)
}
