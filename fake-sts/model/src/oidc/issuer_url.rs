/// An issuer with its scheme. Google's tokens may name theirs without; STS knows that one by name.
#[must_use]
pub fn with_scheme(issuer: &str) -> &str {
    if issuer == "accounts.google.com" { "https://accounts.google.com" } else { issuer }
}

/// Whether an issuer is one that a provider can be registered for.
pub(super) fn is_url(issuer: &str) -> bool {
    let is_absolute = |uri: http::Uri| {
        matches!(uri.scheme_str(), Some("https" | "http"))
            && uri.host().is_some_and(|host| !host.is_empty())
    };
    with_scheme(issuer).parse::<http::Uri>().is_ok_and(is_absolute)
}
