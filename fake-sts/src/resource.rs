//! A resource behind the credentials that this fake issues: it takes requests of any service, checks their signature, and answers whether the
//! caller's policies allow them, and why.
//!
//! `/_fake-sts/resource/<service>/..` is the endpoint of a service. `s3` is a small object store; every other service answers with the decision.
//! Bucket and service may also be in the name of the host, `<bucket>.s3.localhost`.

mod admission;
mod decision;
mod fault;
mod place;
mod record;
mod s3;
mod service;
mod visit;
mod wanted;

use axum::body::Body;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderName, HeaderValue, header};
use jiff::Timestamp;

use self::fault::{Fault, Style};
pub(crate) use self::place::Place;
pub(crate) use self::s3::Objects;
use self::visit::Visit;
use crate::clock::Stopwatch;
use crate::peer::Peer;
use crate::state::State;
use crate::world::request_id;

/// Answers one request and writes it down.
pub(crate) fn serve(
    state: &State,
    place: &Place,
    parts: &Parts,
    body: Result<&[u8], u16>,
    stopwatch: Stopwatch,
) -> Response {
    let now = state.clock.timestamp();
    let id = request_id(&mut fastrand::Rng::new());
    let style = Style::of(place, parts);
    let directory = state.directory();
    let peer = parts.extensions.get::<Peer>().copied();
    let mut visit = Visit::new(state, &directory, place, parts, peer, now);
    let outcome = match body {
        Ok(body) if place.is_s3() => s3::carry_out(&mut visit, body),
        Ok(body) => service::carry_out(&mut visit, body),
        Err(status) => Err(Fault::unreadable(status)),
    };
    let (mut response, ended) = match outcome {
        Ok(response) => (response, None),
        Err(fault) => {
            let decision = decision::last(&visit);
            (fault.response(style, &parts.method, &id, decision.as_ref()), Some(fault))
        }
    };
    decision::show(&visit, response.headers_mut());
    identify(&mut response, &id, now);
    let status = response.status().as_u16();
    state.journal.record(record::of(visit, ended, status, id, stopwatch));
    response
}

/// The headers of every response of AWS. SDKs learn from the date by how much their clock is off.
fn identify(response: &mut Response<Body>, id: &str, now: Timestamp) {
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, text: &str| {
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(name, value);
        }
    };
    set(header::DATE, &httpdate::fmt_http_date(now.max(Timestamp::UNIX_EPOCH).into()));
    set(HeaderName::from_static("x-amz-request-id"), id);
    set(HeaderName::from_static("x-amzn-requestid"), id);
}
