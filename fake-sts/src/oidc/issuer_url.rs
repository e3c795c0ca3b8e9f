/// Google's tokens may name their issuer without a scheme; STS knows that one by name.
pub(super) fn is_url(issuer: &str) -> bool {
    let is_absolute = |uri: http::Uri| {
        matches!(uri.scheme_str(), Some("https" | "http"))
            && uri.host().is_some_and(|host| !host.is_empty())
    };
    issuer == "accounts.google.com" || issuer.parse::<http::Uri>().is_ok_and(is_absolute)
}
