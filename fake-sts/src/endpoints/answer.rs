use axum::body::Body;
use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::fault::EndpointFault;

/// What an endpoint answers.
pub(super) struct Answer {
    /// What the journal calls the request.
    pub(super) operation: &'static str,
    pub(super) status: u16,
    body: String,
    content_type: &'static str,
    /// A header besides the usual ones.
    header: Option<(HeaderName, String)>,
    /// The code and message of an error.
    pub(super) refused: Option<(&'static str, String)>,
}

impl Answer {
    pub(super) fn text(operation: &'static str, body: impl Into<String>) -> Self {
        Self {
            operation,
            status: 200,
            body: body.into(),
            content_type: "text/plain",
            header: None,
            refused: None,
        }
    }

    pub(super) fn json(operation: &'static str, body: &Value) -> Self {
        let content_type = "application/json";
        Self { content_type, ..Self::text(operation, body.to_string()) }
    }

    /// An error, with the members that each client looks for: some know them in capitals, some do not.
    pub(super) fn error(
        operation: &'static str,
        status: u16,
        code: &'static str,
        message: &str,
    ) -> Self {
        let body = json!({"code": code, "message": message, "Code": code, "Message": message, "HTTPErrorCode": status});
        Self { status, refused: Some((code, message.to_owned())), ..Self::json(operation, &body) }
    }

    /// An error of the metadata service, which has no document.
    pub(super) fn bare(operation: &'static str, status: u16) -> Self {
        Self { status, ..Self::text(operation, "") }
    }

    pub(super) fn with_header(mut self, name: &'static str, value: String) -> Self {
        self.header = Some((HeaderName::from_static(name), value));
        self
    }

    pub(super) fn spoiled(self, fault: EndpointFault) -> Self {
        let operation = self.operation;
        match fault {
            EndpointFault::Status(status) => {
                let status = status.clamp(400, 599);
                Self::error(operation, status, "InternalServerException", "a fault was injected")
            }
            EndpointFault::Page => Self {
                content_type: "text/html",
                ..Self::text(operation, "<!DOCTYPE html><html><body>Welcome</body></html>\n")
            },
            EndpointFault::Truncated => {
                let half = self.body.chars().count() / 2;
                Self { body: self.body.chars().take(half).collect(), ..self }
            }
            EndpointFault::EmptyKeys => self.changed(|document| {
                for name in ["AccessKeyId", "SecretAccessKey", "Token"] {
                    document.insert(name.to_owned(), "".into());
                }
            }),
            EndpointFault::NoExpiration => self.changed(|document| {
                document.remove("Expiration");
            }),
        }
    }

    /// The same with another document, if it has one.
    fn changed(mut self, change: impl FnOnce(&mut serde_json::Map<String, Value>)) -> Self {
        if let Ok(Value::Object(mut document)) = serde_json::from_str(&self.body)
            && self.status == 200
        {
            change(&mut document);
            self.body = Value::Object(document).to_string();
        }
        self
    }

    pub(super) fn response(self, now: Timestamp) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let date = httpdate::fmt_http_date(now.max(Timestamp::UNIX_EPOCH).into());
        let others = [Some((header::DATE, date)), self.header];
        for (name, value) in others.into_iter().flatten() {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        }
        response
    }
}
