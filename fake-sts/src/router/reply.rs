use axum::body::{Body, Bytes, HttpBody};
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use jiff::{SignedDuration, Timestamp};

use crate::action::Endpoint;
use crate::clock::Clock;
use crate::extended_request_id::extended_request_id;
use crate::world::request_id;

/// An answer, before it becomes bytes.
#[derive(Debug)]
pub(super) struct Reply {
    status: u16,
    body: Vec<u8>,
    headers: Vec<(HeaderName, HeaderValue)>,
    identity: Option<Identity>,
    /// In seconds.
    date_off_by: i64,
}

/// By what the service calls a request.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub(super) request_id: String,
    pub(super) region: String,
    pub(super) endpoint: Endpoint,
}

impl Identity {
    pub(super) fn new(region: &str, endpoint: Endpoint) -> Self {
        let request_id = request_id(&mut fastrand::Rng::new());
        Self { request_id, region: region.to_owned(), endpoint }
    }
}

impl Reply {
    /// An answer that comes from in front of STS: no body, no request id.
    pub(super) fn empty(status: u16) -> Self {
        Self { status, body: Vec::new(), headers: Vec::new(), identity: None, date_off_by: 0 }
    }

    /// An answer of STS.
    pub(super) fn of_sts(
        status: u16,
        identity: Identity,
        body: String,
        content_type: &'static str,
    ) -> Self {
        let headers = vec![(header::CONTENT_TYPE, HeaderValue::from_static(content_type))];
        Self { status, body: body.into_bytes(), headers, identity: Some(identity), date_off_by: 0 }
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
            date_off_by: 0,
        }
    }

    /// An answer that is none of STS.
    pub(super) fn foreign(status: u16, content_type: &str, body: String) -> Self {
        let content_type = HeaderValue::try_from(content_type).ok();
        let headers = content_type.map(|value| (header::CONTENT_TYPE, value)).into_iter().collect();
        Self { headers, body: body.into_bytes(), ..Self::empty(status) }
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

    /// The answer with a length of its body that may not be true.
    pub(super) fn with_content_length(self, length: usize) -> Self {
        self.with_header(header::CONTENT_LENGTH, HeaderValue::from(length))
    }

    pub(super) fn body_mut(&mut self) -> &mut Vec<u8> {
        &mut self.body
    }

    pub(super) fn set_date_off_by(&mut self, seconds: i64) {
        self.date_off_by = seconds;
    }

    pub(super) fn into_response(self, clock: &Clock) -> Response<Body> {
        self.into_response_of(Body::from, clock)
    }

    /// The response with a body that is made of its bytes in another way.
    pub(super) fn into_response_of<B>(
        self,
        body: impl FnOnce(Vec<u8>) -> B,
        clock: &Clock,
    ) -> Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        let now = clock.timestamp();
        let shown = SignedDuration::from_secs(self.date_off_by);
        let shown = now.saturating_add(shown).unwrap_or(now).max(Timestamp::UNIX_EPOCH);
        let mut response = Response::new(Body::new(body(self.body)));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let length = response.body().size_hint().exact();
        let headers = response.headers_mut();
        let mut set = |name: HeaderName, text: String| {
            if let Ok(value) = HeaderValue::try_from(text) {
                headers.insert(name, value);
            }
        };
        // The order is that of AWS.
        if let Some(identity) = self.identity {
            let Identity { request_id, region, endpoint } = &identity;
            let extended = extended_request_id(request_id, region, *endpoint, now);
            set(HeaderName::from_static("x-amzn-requestid"), identity.request_id);
            set(HeaderName::from_static("x-amz-sts-extended-request-id"), extended);
        }
        let has_length = self.headers.iter().any(|(name, _)| *name == header::CONTENT_LENGTH);
        headers.extend(self.headers);
        if let Some(length) = length.filter(|_| !has_length) {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        // SDKs learn from this header by how much their own clock is off.
        if let Ok(date) = HeaderValue::try_from(httpdate::fmt_http_date(shown.into())) {
            headers.insert(header::DATE, date);
        }
        response
    }
}
