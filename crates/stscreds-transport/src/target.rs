use http::Uri;
use http::header::HeaderValue;

use crate::{HttpError, HttpErrorKind};

/// The server that a request is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) is_https: bool,
    /// Without the brackets of an IPv6 address.
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Target {
    pub(crate) fn of(uri: &Uri) -> Result<Self, HttpError> {
        let refused = |what: &'static str| HttpError::new(HttpErrorKind::Configuration, what);
        let is_https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => {
                return Err(refused(
                    "the URL of the request begins with neither https:// nor http://",
                ));
            }
        };
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(refused("the URL of the request has a user name or password in it"));
        }
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        if host.is_empty() {
            return Err(refused("the URL of the request has no host"));
        }
        // `http` takes a port beyond 65,535 for none.
        let has_port =
            uri.authority().is_some_and(|authority| authority.as_str() != authority.host());
        if has_port && uri.port_u16().is_none() {
            return Err(refused("the URL of the request has a port that is not one"));
        }
        let port = uri.port_u16().unwrap_or(if is_https { 443 } else { 80 });
        Ok(Self { is_https, host: host.to_ascii_lowercase(), port })
    }

    /// `host:port`, as an error names it and a proxy is asked for it.
    pub(crate) fn authority(&self) -> String {
        let Self { host, port, .. } = self;
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
    }

    pub(crate) fn host_header(&self) -> Result<HeaderValue, HttpError> {
        let is_default = self.port == if self.is_https { 443 } else { 80 };
        let text = self.authority();
        let text = match is_default {
            true => text.rsplit_once(':').map_or(text.as_str(), |(host, _port)| host),
            false => text.as_str(),
        };
        HeaderValue::from_str(text).map_err(|_| {
            HttpError::new(HttpErrorKind::Configuration, "the host of the request is not ASCII")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(uri: &str) -> Result<Target, HttpError> {
        Target::of(&uri.parse().unwrap())
    }

    #[test]
    fn a_target_is_host_and_port_by_scheme() {
        for (uri, authority, host) in [
            ("https://STS.example/x?y", "sts.example:443", "sts.example"),
            ("http://h:8080/", "h:8080", "h:8080"),
            ("http://[::1]/", "[::1]:80", "[::1]"),
            ("https://[fd00::2]:1/", "[fd00::2]:1", "[fd00::2]:1"),
        ] {
            let target = target(uri).unwrap();
            assert_eq!(target.authority(), authority);
            assert_eq!(target.host_header().unwrap(), host);
        }
    }

    #[test]
    fn a_url_of_another_scheme_or_with_a_password_is_refused_and_not_repeated() {
        for uri in [
            "/path",
            "ftp://planted/",
            "http://planted:planted@h/",
            "https://planted@h/",
            "http://planted:99999/",
            "http://planted:/",
        ] {
            let error = target(uri).unwrap_err();
            assert_eq!(error.kind(), HttpErrorKind::Configuration);
            assert!(!format!("{error:?}").contains("planted"), "{error:?}");
        }
    }
}
