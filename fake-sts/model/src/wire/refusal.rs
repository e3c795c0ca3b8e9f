use std::fmt;

use super::ErrorCode;
use super::text::beginning;

/// A request that is answered with an error.
///
/// `Display` is what the caller of STS sees. The [reason](Self::reason) is for the journal only: STS does not tell why it denies, a test should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    code: ErrorCode,
    message: Option<String>,
    reason: Option<String>,
}

impl Refusal {
    /// An error with a message.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: Some(bounded(message.into())), reason: None }
    }

    /// An error without a `Message` element, as a few answers of STS are.
    #[must_use]
    pub fn bare(code: ErrorCode) -> Self {
        Self { code, message: None, reason: None }
    }

    /// The same error, with the reason that the journal shows.
    #[must_use]
    pub fn because(mut self, reason: impl fmt::Display) -> Self {
        self.reason = Some(reason.to_string());
        self
    }

    /// The error code.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// The message on the wire, if there is one.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Why, for the journal.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

/// Messages quote what was sent, and a request has up to ten megabytes.
fn bounded(message: String) -> String {
    if message.len() > MESSAGE_LIMIT {
        format!("{}..", beginning(&message, MESSAGE_LIMIT))
    } else {
        message
    }
}

/// Beyond everything that the service was seen to answer, in bytes. Its own limit is not known.
const MESSAGE_LIMIT: usize = 64 * 1024;

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code.as_str())?;
        match &self.message {
            Some(message) => write!(f, ": {message}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Refusal {}
