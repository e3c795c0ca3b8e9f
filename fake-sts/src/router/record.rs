//! What the journal is told.

use http::request::Parts;
use http::{HeaderMap, header};
use jiff::Timestamp;

use super::course::Course;
use super::gate::Arrival;
use super::outcome::Outcome;
use super::reply::Reply;
use crate::clock::Stopwatch;
use crate::journal::{Behind, Call, CallOutcome, Ended, Secrets, TlsDetails, cut};
use crate::peer::{Peer, source_ip};
use crate::wire::Refusal;

/// The entry of a request that reached an operation, or would have.
pub(super) fn of_call(
    arrival: &Arrival<'_>,
    course: Course,
    outcome: Outcome,
    reply: &Reply,
    times: Times,
    secrets: Secrets,
) -> Call {
    let status = if matches!(outcome, Outcome::Nothing) { 0 } else { reply.status() };
    let Ended { outcome, answer, discreet } = ended(outcome, arrival, secrets);
    Call {
        operation: arrival.form.first("Action").map(cut).unwrap_or_default(),
        parameters: Call::parameters_of(&arrival.form, secrets),
        subject: course.trail.subject.as_deref().map(cut),
        caller: course.caller.as_ref().map(|caller| caller.principal.arn().to_owned()),
        access_key_id: course.access_key_id.as_deref().map(cut),
        source_ip: course.facts.source_ip,
        user_agent: course.facts.user_agent.as_deref().map(cut),
        region: cut(&course.facts.region),
        status,
        outcome,
        answer,
        discreet,
        judgements: course.trail.judgements,
        request_id: reply.request_id().to_owned(),
        faults: course.faults,
        identity: course.caller.map(Behind::new),
        endpoint: course.facts.endpoint,
        claimed: course.trail.claimed,
        advice: course.advice,
        tls: course.tls.map(|session| TlsDetails { session, host: host(arrival) }),
        lost: course.lost.map(|lost| Box::new(ended(lost, arrival, secrets))),
        ..times.call()
    }
}

/// The entry of a call whose client left before there was a response.
pub(super) fn of_abandoned(
    arrival: &Arrival<'_>,
    course: Course,
    times: Times,
    secrets: Secrets,
) -> Call {
    let reply = Reply::empty(0);
    Call {
        outcome: CallOutcome::Abandoned,
        ..of_call(arrival, course, Outcome::Nothing, &reply, times, secrets)
    }
}

fn ended(outcome: Outcome, arrival: &Arrival<'_>, secrets: Secrets) -> Ended {
    match outcome {
        Outcome::Answered(answer) => Ended::answered(secrets.answer(answer)),
        Outcome::Refused(refusal) => refused(&refusal, arrival, secrets),
        Outcome::Foreign { .. } | Outcome::Nothing => Ended::faulted(),
    }
}

fn refused(refusal: &Refusal, arrival: &Arrival<'_>, secrets: Secrets) -> Ended {
    let told_to = |secrets: Secrets| {
        refusal.message().map(|message| cut(&secrets.message(message, &arrival.form)))
    };
    let (message, redacted) = (told_to(secrets), told_to(Secrets::Redacted));
    let discreet = redacted.filter(|redacted| Some(redacted) != message.as_ref());
    let (code, reason) = (refusal.code().as_str(), refusal.reason().map(str::to_owned));
    Ended { outcome: CallOutcome::Refused { code, message, reason }, answer: None, discreet }
}

/// When a request was answered by the virtual clock, and how long that took by the real one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    pub(super) now: Timestamp,
    pub(super) stopwatch: Stopwatch,
}

impl Times {
    /// An entry of which nothing is known but its times.
    fn call(self) -> Call {
        Call {
            at: self.now.into(),
            received: self.stopwatch.started_at(),
            took: self.stopwatch.elapsed(),
            ..Call::default()
        }
    }
}

/// The entry of a request that was answered before any operation was looked at.
pub(super) fn of_turned_away(
    parts: &Parts,
    reply: &Reply,
    peer: Option<Peer>,
    times: Times,
    advice: Option<String>,
) -> Call {
    Call {
        advice,
        // Without the query, which may hold a token.
        subject: Some(cut(&format!("{} {}", parts.method, parts.uri.path()))),
        source_ip: Some(source_ip(peer)),
        user_agent: user_agent(&parts.headers).as_deref().map(cut),
        status: reply.status(),
        outcome: CallOutcome::TurnedAway,
        request_id: reply.request_id().to_owned(),
        ..times.call()
    }
}

fn host(arrival: &Arrival<'_>) -> Option<String> {
    let host = arrival.incoming.headers.get(header::HOST)?;
    Some(cut(&String::from_utf8_lossy(host.as_bytes())))
}

pub(super) fn user_agent(headers: &HeaderMap) -> Option<String> {
    let agent = headers.get(header::USER_AGENT)?;
    Some(String::from_utf8_lossy(agent.as_bytes()).into_owned())
}
