use axum::body::Body;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::{Value, json};

use super::place::Place;
use super::s3::xml;
use crate::auth::AuthFault;
use crate::wire::{ErrorCode, Refusal};

/// A request for another service that is answered with an error.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) message: String,
    /// Why, for the journal.
    pub(super) reason: Option<String>,
    /// What STS would call it, where signature, session or policies are at fault.
    refused: Option<ErrorCode>,
}

/// How the client of a service reads errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// XML of S3.
    S3,
    /// XML of the query protocol.
    Query,
    /// JSON with everything at 400, as `DynamoDB` has it.
    Json,
    /// JSON with the status of the error, as Lambda has it.
    RestJson,
}

impl Style {
    pub(super) fn of(place: &Place, parts: &Parts) -> Self {
        let content_type = parts.headers.get(header::CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
        if place.is_s3() {
            Self::S3
        } else if parts.headers.contains_key("x-amz-target") {
            Self::Json
        } else if content_type.starts_with("application/x-www-form-urlencoded") {
            Self::Query
        } else {
            Self::RestJson
        }
    }
}

impl Fault {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), reason: None, refused: None }
    }

    /// The body did not come, or is too long.
    pub(super) fn unreadable(status: u16) -> Self {
        match status {
            413 => Self::new(
                400,
                "EntityTooLarge",
                "Your proposed upload exceeds the maximum allowed size: this fake takes ten megabytes",
            ),
            408 => Self::new(
                400,
                "RequestTimeout",
                "Your socket connection to the server was not read from or written to within the timeout period.",
            ),
            _ => Self::new(400, "IncompleteBody", "The request body terminated unexpectedly"),
        }
    }

    pub(super) fn unsigned() -> Self {
        AuthFault::Missing.into()
    }

    /// The same for a request without a session token: S3 tells an unknown key from an invalid token, which STS does not.
    pub(super) fn without_token(mut self) -> Self {
        if self.code == "InvalidToken" {
            (self.status, self.code) = (403, "InvalidAccessKeyId");
        }
        self
    }

    pub(super) fn no_action() -> Self {
        Self::new(
            400,
            "ValidationException",
            "the action of this request is not known: say it by ?action=<service>:<Action>, and the resource by &resource=<ARN>",
        )
    }

    pub(super) fn response(
        &self,
        style: Style,
        method: &Method,
        request_id: &str,
        decision: Option<&Value>,
    ) -> Response<Body> {
        let (status, code, message) = self.in_style(style);
        let (body, content_type) = match style {
            Style::S3 => (xml::error(code, message, request_id), "application/xml"),
            Style::Query => (query_error(code, message, request_id), "text/xml"),
            Style::Json | Style::RestJson => {
                let body = json!({"__type": code, "message": message, "decision": decision});
                (body.to_string(), "application/json")
            }
        };
        // A response to HEAD has no body: its status and headers have to do.
        let body = if method == Method::HEAD { Body::empty() } else { Body::from(body) };
        let mut response = Response::new(body);
        *response.status_mut() =
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        if matches!(style, Style::Json | Style::RestJson) {
            let name = HeaderName::from_static("x-amzn-errortype");
            headers.insert(name, HeaderValue::from_static(code));
        }
        response
    }

    /// Status, code and message as the clients of a service know them.
    fn in_style(&self, style: Style) -> (u16, &'static str, &str) {
        let Some(refused) = self.refused else { return (self.status, self.code, &self.message) };
        match style {
            Style::S3 => (self.status, self.code, s3_message(self.code, &self.message)),
            Style::Query => (refused.status(), refused.as_str(), &self.message),
            Style::Json => (400, json_code(refused), &self.message),
            Style::RestJson => (403, json_code(refused), &self.message),
        }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.message().unwrap_or_default();
        let (status, code) = s3_code(refusal.code(), message);
        Self {
            status,
            code,
            message: message.to_owned(),
            reason: refusal.reason().map(str::to_owned),
            refused: Some(refusal.code()),
        }
    }
}

impl From<AuthFault> for Fault {
    fn from(fault: AuthFault) -> Self {
        Refusal::from(fault).into()
    }
}

/// The code of S3 for what STS refuses with this code and message.
///
/// See [the error codes of S3](https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
fn s3_code(code: ErrorCode, message: &str) -> (u16, &'static str) {
    match code {
        ErrorCode::ExpiredToken => (400, "ExpiredToken"),
        ErrorCode::InvalidClientTokenId => (400, "InvalidToken"),
        ErrorCode::IncompleteSignature => (400, "AuthorizationHeaderMalformed"),
        ErrorCode::SignatureDoesNotMatch if message.starts_with("Signature ") => {
            (403, "RequestTimeTooSkewed")
        }
        ErrorCode::SignatureDoesNotMatch if message.starts_with("Credential ") => {
            (400, "AuthorizationHeaderMalformed")
        }
        ErrorCode::SignatureDoesNotMatch if message != "Request has expired" => {
            (403, "SignatureDoesNotMatch")
        }
        _ => (403, "AccessDenied"),
    }
}

/// The message of S3, where it is another one than that of STS.
fn s3_message<'a>(code: &str, message: &'a str) -> &'a str {
    match code {
        "ExpiredToken" => "The provided token has expired.",
        "InvalidToken" => "The provided token is malformed or otherwise invalid.",
        "InvalidAccessKeyId" => "The AWS Access Key Id you provided does not exist in our records.",
        "RequestTimeTooSkewed" => {
            "The difference between the request time and the current time is too large."
        }
        "AccessDenied" if message.starts_with("Request is missing") => "Access Denied",
        _ => message,
    }
}

/// The code of the JSON protocols.
///
/// See [the common errors](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/CommonErrors.html).
fn json_code(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::ExpiredToken => "ExpiredTokenException",
        ErrorCode::InvalidClientTokenId => "UnrecognizedClientException",
        ErrorCode::SignatureDoesNotMatch => "InvalidSignatureException",
        ErrorCode::IncompleteSignature => "IncompleteSignatureException",
        ErrorCode::MissingAuthenticationToken => "MissingAuthenticationTokenException",
        _ => "AccessDeniedException",
    }
}

fn query_error(code: &str, message: &str, request_id: &str) -> String {
    format!(
        "<ErrorResponse>\n  <Error>\n    <Type>Sender</Type>\n    <Code>{code}</Code>\n    <Message>{}</Message>\n  </Error>\n  \
         <RequestId>{request_id}</RequestId>\n</ErrorResponse>\n",
        xml::escaped(message)
    )
}
