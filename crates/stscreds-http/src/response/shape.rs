use std::fmt;

/// What a body that is not a response of STS looks like, for a person who looks for
/// what is in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Empty,
    Html,
    Json,
    S3,
    TruncatedXml,
    Xml,
    Other,
}

impl Shape {
    pub(super) fn of(body: &[u8]) -> Self {
        let start = body.iter().position(|byte| !byte.is_ascii_whitespace());
        let Some(start) = start else { return Self::Empty };
        let head = &body[start..];
        let begins = |prefix: &str| {
            head.get(..prefix.len()).is_some_and(|h| h.eq_ignore_ascii_case(prefix.as_bytes()))
        };
        if begins("<!doctype html") || begins("<html") {
            return Self::Html;
        }
        match head[0] {
            b'{' | b'[' => Self::Json,
            b'<' => Self::Xml,
            _ => Self::Other,
        }
    }

    /// What XML is that cannot be parsed.
    pub(super) fn or_truncated(self) -> Self {
        if self == Self::Xml { Self::TruncatedXml } else { self }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "an empty body",
            Self::Html => "an HTML page",
            Self::Json => "JSON",
            Self::S3 => "an error in the form of S3",
            Self::TruncatedXml => "XML that is truncated or invalid",
            Self::Xml => "XML of another service",
            Self::Other => "neither XML nor text of a known form",
        })
    }
}
