use http::Extensions;

/// The longest body that the response to a request may have, in bytes.
///
/// An [extension](http::Request::extensions) of the request;
/// [`DEFAULT`](Self::DEFAULT) without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a number with a name")]
pub struct MaxResponseBytes(pub usize);

impl MaxResponseBytes {
    /// 1 MiB: sixteen times the longest response of STS, whose session tokens have
    /// 65,536 characters at most.
    pub const DEFAULT: Self = Self(1024 * 1024);

    /// The limit that a request carries, or the default.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Self {
        extensions.get().copied().unwrap_or(Self::DEFAULT)
    }
}

/// Asks for a connection that no other request has used.
///
/// An [extension](http::Request::extensions) of requests that must not be repeated: a
/// server may close an idle connection at the moment at which it is used again, and
/// then nobody knows whether it has read the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it has no parts")]
pub struct NewConnection;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_without_a_limit_has_the_default_one() {
        let mut extensions = Extensions::new();
        assert_eq!(MaxResponseBytes::of(&extensions), MaxResponseBytes::DEFAULT);

        extensions.insert(MaxResponseBytes(7));
        assert_eq!(MaxResponseBytes::of(&extensions), MaxResponseBytes(7));
    }
}
