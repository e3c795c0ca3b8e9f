use std::time::Duration;

use thiserror::Error;

/// Why a document could not be fetched.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum FetchFault {
    /// The address is no URL with a host.
    #[error("not a URL with a host")]
    InvalidUrl,
    /// The address has another scheme than `http` or, with the feature of that name, `https`.
    #[error("no http or https address (https takes the feature of that name)")]
    UnsupportedScheme,
    /// The certificate is neither that of a public authority nor one of a thumbprint.
    #[error("the certificate is neither of a public authority nor of a known thumbprint")]
    UntrustedCertificate,
    /// No connection could be made.
    #[error("no connection: {0}")]
    NoConnection(String),
    /// The connection broke, or what came was no HTTP.
    #[error("no HTTP answer: {0}")]
    NoAnswer(String),
    /// The whole exchange took too long.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    /// The answer was no success.
    #[error("status {0}")]
    Status(u16),
    /// The answer was too long.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
}
