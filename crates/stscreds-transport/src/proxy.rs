mod bypass;

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::Uri;
use http::header::HeaderValue;

use self::bypass::{Bypass, is_local};
use crate::target::Target;
use crate::{HttpError, HttpErrorKind};

/// The proxies that requests go through.
///
/// Never used for this machine and for the link-local addresses at which AWS gives
/// out credentials (`169.254.0.0/16`, `fe80::/10` and `fd00:ec2::/32`). A request over
/// `https` goes through a tunnel, so the proxy sees the host name and nothing else.
///
/// `Debug` shows no user name and no password.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    http: Option<Proxy>,
    https: Option<Proxy>,
    bypass: Bypass,
}

impl Proxies {
    /// No proxies.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The proxies that the usual environment variables name.
    ///
    /// | variable | |
    /// |---|---|
    /// | `https_proxy`, `HTTPS_PROXY` | for `https` |
    /// | `http_proxy`, `HTTP_PROXY` | for `http` |
    /// | `all_proxy`, `ALL_PROXY` | for a scheme without a proxy of its own |
    /// | `no_proxy`, `NO_PROXY` | hosts to reach without: names, which include their subdomains, addresses, networks such as `10.0.0.0/8`, each with a port or without; `*` for all |
    ///
    /// The variable in lower case comes first; an empty one counts as not set.
    /// `HTTP_PROXY` is ignored if `REQUEST_METHOD` is set: to a CGI program it is a
    /// header that [anybody can send](https://httpoxy.org).
    ///
    /// # Errors
    ///
    /// [`Configuration`](HttpErrorKind::Configuration) naming the variable, whose
    /// value is not repeated.
    pub fn from_env() -> Result<Self, HttpError> {
        #[expect(clippy::disallowed_methods, reason = "the loader of the environment")]
        let variable = |name: &str| std::env::var_os(name);
        Self::from_variables(|name| {
            let value = variable(name).map(std::ffi::OsString::into_string);
            value.transpose().map_err(|_value| refused(name, "is not UTF-8"))
        })
    }

    fn from_variables(
        variable: impl Fn(&str) -> Result<Option<String>, HttpError>,
    ) -> Result<Self, HttpError> {
        let first = |names: &[&'static str]| {
            for name in names {
                if let Some(value) = variable(name)?.filter(|value| !value.trim().is_empty()) {
                    return Ok(Some((*name, value)));
                }
            }
            Ok(None)
        };
        let proxy = |names: &[&'static str]| {
            first(names)?.map(|(name, url)| Proxy::of(name, url.trim())).transpose()
        };
        let is_cgi = variable("REQUEST_METHOD")?.is_some();
        let of_http: &[_] = if is_cgi { &["http_proxy"] } else { &["http_proxy", "HTTP_PROXY"] };
        let all = proxy(&["all_proxy", "ALL_PROXY"])?;
        Ok(Self {
            http: proxy(of_http)?.or_else(|| all.clone()),
            https: proxy(&["https_proxy", "HTTPS_PROXY"])?.or(all),
            bypass: first(&["no_proxy", "NO_PROXY"])?
                .map(|(_name, list)| Bypass::of(&list))
                .unwrap_or_default(),
        })
    }

    pub(crate) fn for_target(&self, target: &Target) -> Option<&Proxy> {
        let proxy = if target.is_https { self.https.as_ref() } else { self.http.as_ref() };
        proxy.filter(|_| !is_local(&target.host) && !self.bypass.covers(&target.host, target.port))
    }
}

/// One proxy.
#[derive(Clone)]
pub(crate) struct Proxy {
    target: Target,
    authorization: Option<HeaderValue>,
}

impl Proxy {
    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    /// The header that proves to the proxy who asks.
    pub(crate) fn authorization(&self) -> Option<&HeaderValue> {
        self.authorization.as_ref()
    }

    fn of(variable: &str, url: &str) -> Result<Self, HttpError> {
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (user, host) = match rest.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, rest),
        };
        let scheme = scheme.to_ascii_lowercase();
        if !matches!(scheme.as_str(), "http" | "https") {
            return Err(refused(variable, "names a proxy that is neither http:// nor https://"));
        }
        let uri: Result<Uri, _> = format!("{scheme}://{host}/").parse();
        let target = uri.ok().and_then(|uri| Target::of(&uri).ok());
        let target = target.ok_or_else(|| refused(variable, "is not the URL of a proxy"))?;
        Ok(Self { target, authorization: user.map(basic) })
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy").field("target", &self.target).finish_non_exhaustive()
    }
}

/// [Basic authentication](https://www.rfc-editor.org/rfc/rfc7617) with the user name
/// and password of a URL.
fn basic(user_info: &str) -> HeaderValue {
    let (user, password) = user_info.split_once(':').unwrap_or((user_info, ""));
    let mut pair = decoded(user);
    pair.push(b':');
    pair.extend(decoded(password));
    let text = format!("Basic {}", BASE64_STANDARD.encode(pair));
    // Base64 has no byte that a header cannot have.
    let mut value = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = (*first == b'%').then(|| after.get(..2)).flatten();
        let byte = escaped
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    bytes
}

fn refused(variable: &str, fault: &str) -> HttpError {
    HttpError::new(
        HttpErrorKind::Configuration,
        format!("the environment variable {variable} {fault}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(variables: &[(&str, &str)]) -> Result<Proxies, HttpError> {
        Proxies::from_variables(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            Ok(found.map(|(_, value)| (*value).to_owned()))
        })
    }

    #[track_caller]
    fn check(variables: &[(&str, &str)], url: &str, expected: Option<&str>) {
        let proxies = proxies(variables).unwrap();
        let target = Target::of(&url.parse().unwrap()).unwrap();
        let found = proxies.for_target(&target).map(|proxy| proxy.target().authority());
        assert_eq!(found.as_deref(), expected, "{variables:?} {url}");
    }

    #[test]
    fn each_scheme_has_its_variable_and_the_lower_case_one_comes_first() {
        let both = [("https_proxy", "http://s:1"), ("HTTPS_PROXY", "http://S2:2")];
        check(&both, "https://x/", Some("s:1"));
        check(&both, "http://x/", None);
        check(&[("HTTPS_PROXY", "https://p")], "https://x/", Some("p:443"));
        check(&[("HTTP_PROXY", "p:3128")], "http://x/", Some("p:3128"));
        check(&[("ALL_PROXY", "p")], "https://x/", Some("p:80"));
        check(&[("all_proxy", "a"), ("http_proxy", "h")], "http://x/", Some("h:80"));
        check(&[("https_proxy", "")], "https://x/", None);
        check(&[("https_proxy", ""), ("HTTPS_PROXY", "p:1")], "https://x/", Some("p:1"));
    }

    #[test]
    fn a_cgi_program_does_not_take_a_header_for_a_proxy() {
        let cgi = ("REQUEST_METHOD", "GET");
        check(&[cgi, ("HTTP_PROXY", "evil:1")], "http://x/", None);
        check(&[cgi, ("http_proxy", "p:1")], "http://x/", Some("p:1"));
        check(&[cgi, ("HTTPS_PROXY", "p:1")], "https://x/", Some("p:1"));
    }

    #[test]
    fn this_machine_and_the_endpoints_of_credentials_are_reached_without() {
        let all = [("all_proxy", "p:1")];
        for local in [
            "http://localhost:9/",
            "https://a.localhost/",
            "http://127.0.0.1/",
            "http://[::1]/",
            "http://169.254.169.254/",
            "http://169.254.170.2/",
            "http://169.254.170.23/",
            "http://[fd00:ec2::23]/",
            "http://[fd00:ec2::254]/",
        ] {
            check(&all, local, None);
        }
        for other in ["http://localhost.example/", "http://10.0.0.1/", "http://[fd01::1]/"] {
            check(&all, other, Some("p:1"));
        }
    }

    #[test]
    fn a_password_is_sent_and_never_shown() {
        let proxies = proxies(&[("https_proxy", "http://al%69ce:planted%3A%zz@p:1/path")]).unwrap();

        let header = proxies.https.as_ref().unwrap().authorization().unwrap();
        let expected = format!("Basic {}", BASE64_STANDARD.encode("alice:planted:%zz"));
        assert_eq!(header.to_str().unwrap(), expected);
        assert!(header.is_sensitive());
        assert!(!format!("{proxies:?}").contains("planted"), "{proxies:?}");
    }

    #[test]
    fn what_is_not_the_url_of_a_proxy_is_refused_by_the_name_of_the_variable() {
        for wrong in
            ["socks5://planted:1", "http://", "http://pl anted", "http://planted:99999", "://"]
        {
            let error = proxies(&[("ALL_PROXY", wrong)]).unwrap_err();
            assert_eq!(error.kind(), HttpErrorKind::Configuration);
            assert!(error.to_string().contains("ALL_PROXY"), "{error}");
            assert!(!format!("{error:?}").contains("planted"), "{error:?}");
        }
    }
}
