use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};

use super::xml::document;

pub(super) fn empty(status: u16) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    response
}

pub(super) fn xml(root: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(document(root)));
    let xml = HeaderValue::from_static("application/xml");
    response.headers_mut().insert(header::CONTENT_TYPE, xml);
    response
}
