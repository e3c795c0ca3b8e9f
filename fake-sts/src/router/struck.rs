//! What faults make of a call.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http::StatusCode;

use super::course::Course;
use super::gate::Arrival;
use super::outcome::Outcome;
use super::partial::Partial;
use super::reply::Reply;
use crate::action::{Operation, WebIdentityClaim};
use crate::clock::Clock;
use crate::closing::Closing;
use crate::fault::{
    Attempted, Disruption, Effect, Ending, Fate, Point, Strikes, apology, usual_message,
};
use crate::oidc::{FetchFault, KeyFault};
use crate::state::State;
use crate::wire::{Answer, ErrorCode, Refusal};

/// What strikes this call. Nothing, and at no cost, as long as no fault is in effect.
pub(super) fn strikes(state: &State, arrival: &Arrival<'_>, course: &Course) -> Strikes {
    match course.operation {
        Some(operation) if state.faults.are_there() => {
            state.faults.strikes(&attempted(operation, arrival, course))
        }
        _ => Strikes::default(),
    }
}

fn attempted<'a>(
    operation: Operation,
    arrival: &'a Arrival<'_>,
    course: &'a Course,
) -> Attempted<'a> {
    let arns = |caller: &'a crate::world::Caller| {
        (caller.principal.arn(), caller.principal.principal_arn())
    };
    Attempted {
        operation,
        role: arrival.form.first("RoleArn"),
        caller: course.caller.as_ref().map(arns),
        access_key_id: course.access_key_id.as_deref(),
    }
}

/// What the caller gets when STS is not asked at all.
pub(super) fn instead(effect: &Effect, arrival: &Arrival<'_>, course: &mut Course) -> Outcome {
    course.trail.subject = arrival.form.first("RoleArn").map(str::to_owned);
    replaced(effect, course).unwrap_or(Outcome::Nothing)
}

/// What STS has to bear while it carries out the operation.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ordeal {
    pub(super) expired: Option<Duration>,
    pub(super) issuer_is_out_of_reach: bool,
}

pub(super) fn ordeal(strikes: &Strikes) -> Ordeal {
    match strikes.after_operation() {
        Some(Effect::ExpiredCredentials { ago }) => {
            Ordeal { expired: Some(*ago), ..Ordeal::default() }
        }
        Some(Effect::UnreachableIssuer) => {
            Ordeal { issuer_is_out_of_reach: true, ..Ordeal::default() }
        }
        _ => Ordeal::default(),
    }
}

/// Why the keys of an issuer cannot be had.
pub(super) fn out_of_reach(claim: &WebIdentityClaim<'_>) -> KeyFault {
    let url = claim.issuer().map_or("", |(token, _)| token.issuer()).to_owned();
    KeyFault::Fetch { url, fault: FetchFault::NoConnection("a fault was injected".to_owned()) }
}

/// What the caller gets after STS was asked. A fault that finds nothing to spoil has missed.
pub(super) fn afterwards(
    strikes: &mut Strikes,
    outcome: Result<Answer, Refusal>,
    course: &mut Course,
) -> Outcome {
    let Some(effect) = strikes.after_operation() else { return outcome.into() };
    if let Some(replaced) = replaced(effect, course) {
        if matches!(replaced, Outcome::Foreign { .. } | Outcome::Nothing) {
            course.lost = Some(outcome.into());
        }
        return replaced;
    }
    let (outcome, has_struck) = match (effect, outcome) {
        (Effect::MissingMember(name), Ok(mut answer)) => {
            let removed = answer.remove(name);
            (Ok(answer), removed)
        }
        (Effect::MissingMember(_) | Effect::ExpiredCredentials { .. }, Err(refusal)) => {
            (Err(refusal), false)
        }
        (Effect::UnreachableIssuer, outcome) => (outcome, course.issuer_was_out_of_reach),
        (_, outcome) => (outcome, true),
    };
    if !has_struck {
        strikes.miss();
    }
    outcome.into()
}

/// What an effect puts in place of any answer.
fn replaced(effect: &Effect, course: &Course) -> Option<Outcome> {
    match effect {
        Effect::Error { code, message } => {
            let code = ErrorCode::named(code).unwrap_or(ErrorCode::InternalFailure);
            Some(Outcome::Refused(error(code, message.as_deref(), course)))
        }
        Effect::Throttle { .. } => {
            Some(Outcome::Refused(error(ErrorCode::Throttling, None, course)))
        }
        Effect::Answer { status, content_type, body } => Some(Outcome::Foreign {
            status: *status,
            content_type: content_type.clone(),
            body: body.clone().unwrap_or_else(|| apology(*status)),
        }),
        Effect::Hang | Effect::Disconnect { at: Point::BeforeAnswer, .. } => Some(Outcome::Nothing),
        _ => None,
    }
}

fn error(code: ErrorCode, message: Option<&str>, course: &Course) -> Refusal {
    let caller = course.caller.as_ref().map(|caller| caller.principal.arn());
    let usual = || usual_message(code, course.operation, caller, course.trail.subject.as_deref());
    match message.map(str::to_owned).or_else(usual) {
        Some(message) => Refusal::new(code, message),
        None => Refusal::bare(code),
    }
}

/// The answer on its way to the client.
pub(super) async fn sent(
    mut reply: Reply,
    strikes: &Strikes,
    clock: &Clock,
    closing: Closing,
) -> Response {
    let delay = strikes.delay();
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    reply.set_date_off_by(strikes.date_off_by());
    let length = reply.body_mut().len();
    match strikes.effect() {
        Some(Effect::Hang) => {
            closing.begun().await;
            disrupted(reply.into_response(clock), Fate::Lost, Ending::Close)
        }
        Some(Effect::Malformed) => {
            spoil(reply.body_mut());
            reply.into_response(clock)
        }
        Some(Effect::ContentLength { off_by }) => {
            let reply = reply.with_content_length(
                length.saturating_add_signed(isize::try_from(*off_by).unwrap_or(0)),
            );
            if *off_by > 0 {
                reply.into_response_of(Partial::stalling, clock)
            } else {
                disrupted(reply.into_response(clock), Fate::Sent, Ending::Close)
            }
        }
        Some(Effect::Disconnect { how, at }) => match at {
            Point::BeforeAnswer => disrupted(reply.into_response(clock), Fate::Lost, *how),
            Point::MidAnswer => {
                let mut reply = reply.with_content_length(length);
                reply.body_mut().truncate(length / 2);
                disrupted(reply.into_response_of(Partial::failing, clock), Fate::Sent, *how)
            }
            Point::AfterAnswer => disrupted(reply.into_response(clock), Fate::Sent, *how),
        },
        _ => reply.into_response(clock),
    }
}

/// Takes out the one character without which no parser gets past the first element.
///
/// Half an answer would not do: clients that read on demand are content with what they were after.
fn spoil(body: &mut Vec<u8>) {
    let needed = if body.starts_with(b"<") { b'>' } else { b':' };
    if let Some(at) = body.iter().position(|byte| *byte == needed) {
        body.remove(at);
    }
}

/// What comes closest to nobody being there, for who asks nevertheless.
pub(super) fn refused() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    disrupted(response, Fate::Refused, Ending::Reset)
}

fn disrupted(mut response: Response, answer: Fate, ending: Ending) -> Response {
    response.extensions_mut().insert(Disruption { answer, ending });
    response
}
