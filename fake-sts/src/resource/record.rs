use super::fault::Fault;
use super::visit::Visit;
use crate::clock::Stopwatch;
use crate::journal::{Call, CallOutcome, cut};

/// The entry of the journal. Its operation is the action, such as `s3:GetObject`, which no operation of STS is called.
pub(super) fn of(
    visit: Visit<'_>,
    ended: Option<Fault>,
    status: u16,
    request_id: String,
    stopwatch: Stopwatch,
) -> Call {
    let outcome = match ended {
        None => CallOutcome::Answered,
        Some(Fault { code, message, reason, .. }) => {
            CallOutcome::Refused { code, message: Some(cut(&message)), reason }
        }
    };
    let (operation, subject) = match visit.wanted {
        Some(wanted) => (cut(&wanted.action), cut(&wanted.resource)),
        None => {
            let line = format!("{} {}", visit.parts.method, visit.parts.uri.path());
            (format!("{}:", visit.place.service), cut(&line))
        }
    };
    Call {
        at: visit.now.into(),
        received: stopwatch.started_at(),
        took: stopwatch.elapsed(),
        operation,
        subject: Some(subject),
        caller: visit.caller.map(|caller| caller.principal.arn().to_owned()),
        access_key_id: visit.access_key_id.as_deref().map(cut),
        source_ip: visit.facts.source_ip,
        user_agent: visit.facts.user_agent.as_deref().map(cut),
        region: cut(&visit.facts.region),
        status,
        outcome,
        judgements: visit.trail.judgements,
        request_id,
        ..Call::default()
    }
}
