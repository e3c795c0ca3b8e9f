//! What the journal is told.

use std::net::SocketAddr;

use http::{HeaderMap, header, request::Parts};
use jiff::Timestamp;

use super::{call::Course, gate::Arrival, outcome::Outcome, reply::Reply};
use crate::{
    clock::Stopwatch,
    journal::{Call, CallOutcome, cut},
};

/// The entry of a request that reached an operation, or would have.
pub(super) fn of_call(
    arrival: &Arrival<'_>,
    course: Course,
    outcome: &Outcome,
    reply: &Reply,
    now: Timestamp,
    stopwatch: Stopwatch,
) -> Call {
    Call {
        at: now.into(),
        took: stopwatch.elapsed(),
        operation: arrival.form.first("Action").map(cut).unwrap_or_default(),
        parameters: Call::redacted(&arrival.form),
        subject: course.trail.subject.as_deref().map(cut),
        caller: course.caller.map(|caller| caller.principal.arn().to_owned()),
        access_key_id: course.access_key_id.as_deref().map(cut),
        source_ip: course.facts.source_ip,
        user_agent: course.facts.user_agent.as_deref().map(cut),
        status: if matches!(outcome, Outcome::Nothing) { 0 } else { reply.status() },
        outcome: match outcome {
            Outcome::Answered(_) => CallOutcome::Answered,
            Outcome::Foreign { .. } | Outcome::Nothing => CallOutcome::Faulted,
            Outcome::Refused(refusal) => CallOutcome::Refused {
                code: refusal.code().as_str(),
                message: refusal
                    .message()
                    .map(|message| cut(&Call::without_secrets(message, &arrival.form))),
                reason: refusal.reason().map(str::to_owned),
            },
        },
        judgements: course.trail.judgements,
        request_id: reply.request_id().to_owned(),
        faults: course.faults,
        ..Call::default()
    }
}

/// The entry of a request that was answered before any operation was looked at.
pub(super) fn of_turned_away(
    parts: &Parts,
    reply: &Reply,
    peer: Option<SocketAddr>,
    now: Timestamp,
    stopwatch: Stopwatch,
) -> Call {
    Call {
        at: now.into(),
        took: stopwatch.elapsed(),
        // Without the query, which may hold a token.
        subject: Some(cut(&format!("{} {}", parts.method, parts.uri.path()))),
        source_ip: peer.map(|address| address.ip()),
        user_agent: user_agent(&parts.headers).as_deref().map(cut),
        status: reply.status(),
        outcome: CallOutcome::TurnedAway,
        request_id: reply.request_id().to_owned(),
        ..Call::default()
    }
}

pub(super) fn user_agent(headers: &HeaderMap) -> Option<String> {
    let agent = headers.get(header::USER_AGENT)?;
    Some(String::from_utf8_lossy(agent.as_bytes()).into_owned())
}
