use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, header};

use super::decision;
use super::fault::Fault;
use super::visit::Visit;
use super::wanted::Wanted;

/// Answers a request to a service of which this fake has no model: whether the caller may do it, and why.
pub(super) fn carry_out(visit: &mut Visit<'_>, body: &[u8]) -> Result<Response<Body>, Fault> {
    let wanted = Wanted::of(visit.place, visit.parts, body);
    visit.wanted = wanted.as_ref().ok().cloned();
    visit.admit(body)?;
    visit.authorize(&wanted?)?;
    let decision = decision::last(visit).map(|decision| decision.to_string());
    let mut response = Response::new(Body::from(decision.unwrap_or_default()));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    Ok(response)
}
