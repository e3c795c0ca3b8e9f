use std::fmt;

/// What callers get after a failed refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Consequence {
    /// The value, which is valid.
    Served,
    /// The value, which has expired.
    ServedStale,
    /// The value, which a service rejected.
    ServedRejected,
    /// The error.
    Raised,
}

impl fmt::Display for Consequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Served => "serving the cached value, which is still valid",
            Self::ServedStale => "serving the expired value",
            Self::ServedRejected => "serving the value although a service rejected it",
            Self::Raised => "callers get this error",
        })
    }
}
