use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// Why a request has no complete response.
///
/// Its text names hosts and files, never a header, a query or a body.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{what}")]
pub struct HttpError {
    kind: HttpErrorKind,
    is_unsent: bool,
    what: Cow<'static, str>,
    source: Option<Cause>,
}

/// The part of an exchange that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HttpErrorKind {
    /// A setting is missing or wrong: no certificate authorities, a proxy that is
    /// not a URL.
    Configuration,
    /// The connection could not be made.
    Connect,
    /// The connection was not made in time.
    ConnectTimedOut,
    /// The connection ended before the response was complete.
    Broken,
    /// The response is not HTTP.
    InvalidResponse,
    /// The response has more than [`MaxResponseBytes`](crate::MaxResponseBytes).
    ResponseTooLarge,
}

impl HttpError {
    /// An error of this kind; `what` says what failed, without secrets and without a
    /// full stop.
    ///
    /// An error of the first three kinds counts as unsent, one of the others as sent.
    pub fn new(kind: HttpErrorKind, what: impl Into<Cow<'static, str>>) -> Self {
        use HttpErrorKind::{Configuration, Connect, ConnectTimedOut};
        let is_unsent = matches!(kind, Configuration | Connect | ConnectTimedOut);
        Self { kind, is_unsent, what: what.into(), source: None }
    }

    /// Adds the error below this one. Its text must hold no secret.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { source: Some(Cause(Arc::from(source.into()))), ..self }
    }

    /// Declares that no byte of the request was written, whatever the kind says.
    #[must_use]
    pub fn unsent(self) -> Self {
        Self { is_unsent: true, ..self }
    }

    /// The part of the exchange that failed.
    #[must_use]
    pub fn kind(&self) -> HttpErrorKind {
        self.kind
    }

    /// Whether no byte of the request was written, so that repeating it is safe.
    #[must_use]
    pub fn is_unsent(&self) -> bool {
        self.is_unsent
    }

    /// The error below this one, for an error that says in its own words what this says.
    #[must_use]
    pub fn into_cause(self) -> Option<Box<dyn StdError + Send + Sync>> {
        self.source.map(|cause| Box::new(cause) as _)
    }
}

/// The cause of an error, shared between its clones.
#[derive(Clone)]
struct Cause(Arc<dyn StdError + Send + Sync>);

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Cause {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn only_a_request_that_never_left_is_unsent() {
        use HttpErrorKind as K;
        for kind in [K::Configuration, K::Connect, K::ConnectTimedOut] {
            assert!(HttpError::new(kind, "x").is_unsent());
        }
        for kind in [K::Broken, K::InvalidResponse, K::ResponseTooLarge] {
            assert!(!HttpError::new(kind, "x").is_unsent());
            assert!(HttpError::new(kind, "x").unsent().is_unsent());
        }
    }

    #[test]
    fn the_text_is_of_this_layer_and_the_cause_is_below() {
        let refused = io::Error::new(io::ErrorKind::ConnectionRefused, "connection refused");
        let error = HttpError::new(HttpErrorKind::Connect, "cannot connect to 127.0.0.1:1")
            .with_source(refused);

        assert_eq!(error.to_string(), "cannot connect to 127.0.0.1:1");
        assert_eq!(error.source().unwrap().to_string(), "connection refused");
        assert_eq!(error.kind(), HttpErrorKind::Connect);
        assert_eq!(error.into_cause().unwrap().to_string(), "connection refused");
    }
}
