use axum::body::Body;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderName, HeaderValue, Response, StatusCode, header};

use crate::{clock::Clock, world::request_id};

/// An answer, before it becomes bytes.
#[derive(Debug)]
pub(super) struct Reply {
    status: u16,
    body: Vec<u8>,
    headers: Vec<(HeaderName, HeaderValue)>,
    identity: Option<Identity>,
}

/// By what the service calls a request.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub(super) request_id: String,
    pub(super) region: String,
}

impl Identity {
    pub(super) fn new(region: &str) -> Self {
        Self { request_id: request_id(&mut fastrand::Rng::new()), region: region.to_owned() }
    }
}

impl Reply {
    /// An answer that comes from in front of STS: no body, no request id.
    pub(super) fn empty(status: u16) -> Self {
        Self { status, body: Vec::new(), headers: Vec::new(), identity: None }
    }

    /// An answer of STS.
    pub(super) fn of_sts(
        status: u16,
        identity: Identity,
        body: String,
        content_type: &'static str,
    ) -> Self {
        let headers = vec![(header::CONTENT_TYPE, HeaderValue::from_static(content_type))];
        Self { status, body: body.into_bytes(), headers, identity: Some(identity) }
    }

    /// A redirect to the page that introduces IAM.
    pub(super) fn redirect(identity: Identity, query: &str) -> Self {
        let question_mark = if query.is_empty() { "" } else { "?" };
        let location =
            HeaderValue::try_from(format!("https://aws.amazon.com/iam{question_mark}{query}"))
                .unwrap_or(HeaderValue::from_static("https://aws.amazon.com/iam"));
        Self {
            status: 302,
            body: Vec::new(),
            headers: vec![(header::LOCATION, location)],
            identity: Some(identity),
        }
    }

    pub(super) fn status(&self) -> u16 {
        self.status
    }

    /// Empty for answers that come from in front of STS.
    pub(super) fn request_id(&self) -> &str {
        self.identity.as_ref().map_or("", |identity| &identity.request_id)
    }

    pub(super) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(super) fn into_response(self, clock: &Clock) -> Response<Body> {
        let now = clock.timestamp();
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.extend(self.headers);
        let mut set = |name: HeaderName, text: String| {
            if let Ok(value) = HeaderValue::try_from(text) {
                headers.insert(name, value);
            }
        };
        // SDKs learn from this header by how much their own clock is off.
        set(header::DATE, httpdate::fmt_http_date(now.into()));
        if let Some(identity) = self.identity {
            let tail = std::iter::repeat_with(fastrand::alphanumeric).take(8).collect::<String>();
            let extended = format!("1:{}:S:{}:R:{tail}", identity.region, now.as_millisecond());
            set(
                HeaderName::from_static("x-amz-sts-extended-request-id"),
                STANDARD.encode(extended),
            );
            set(HeaderName::from_static("x-amzn-requestid"), identity.request_id);
        }
        response
    }
}
