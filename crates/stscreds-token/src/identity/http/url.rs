use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use http::{HeaderMap, Uri};
use stscreds_core::{Error, ErrorKind, SecretString};
use stscreds_transport::{HttpClient, HyperClient};
use zeroize::Zeroizing;

use super::fetch::{fetch, shown};
use crate::identity::json;
use crate::{IdentityToken, IdentityTokenRetriever};

/// An identity token from an HTTP endpoint, fetched anew each time.
///
/// By `GET` over HTTP/1.1. The body of the response is the token, or JSON with the
/// token as [a member](Self::json_member). `https` trusts the CA certificates of the
/// system (`SSL_CERT_FILE` included). Plain `http` is for endpoints beside the
/// program, such as a metadata service; a [bearer token](Self::bearer_token) is sent
/// over it to this machine only. Redirects are not followed and no proxy is used.
///
/// An outage is retried with backoff until the [timeout](Self::timeout): status 429 or
/// 5xx, a connection that fails, and one without a response. Every other status is final.
///
/// ```
/// use stscreds_token::IdentityTokenUrl;
///
/// // Google Cloud's metadata service, see
/// // https://cloud.google.com/compute/docs/instances/verifying-instance-identity
/// let retriever = IdentityTokenUrl::new(
///     "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/identity",
/// )?
/// .query("audience", "sts.amazonaws.com")
/// .header("metadata-flavor", "Google")?;
/// # Ok::<_, stscreds_core::Error>(())
/// ```
#[derive(Clone)]
pub struct IdentityTokenUrl {
    uri: Uri,
    headers: HeaderMap,
    json_member: Option<String>,
    timeout: Duration,
    http: Option<Arc<dyn HttpClient>>,
}

impl IdentityTokenUrl {
    /// The token that this `https` or `http` URL hands out.
    ///
    /// # Errors
    ///
    /// [`InvalidConfiguration`](ErrorKind::InvalidConfiguration) if it is no such URL;
    /// the text is not repeated.
    pub fn new(url: impl AsRef<str>) -> Result<Self, Error> {
        let uri: Uri = url
            .as_ref()
            .parse()
            .map_err(|error| refused("invalid identity token URL").with_source(error))?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.host().is_none() {
            return Err(refused(
                "invalid identity token URL: it does not start with https:// or http://",
            ));
        }
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(refused(
                "the URL of the identity token has a user name or password in it, which is not sent; use a header",
            ));
        }
        Ok(Self {
            uri,
            headers: HeaderMap::new(),
            json_member: None,
            timeout: DEFAULT_TIMEOUT,
            http: None,
        })
    }

    /// Adds a parameter to the query of the URL.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        let mut query =
            form_urlencoded::Serializer::new(self.uri.query().unwrap_or_default().to_owned());
        query.append_pair(name, value);
        let path_and_query = format!("{}?{}", self.uri.path(), query.finish());
        let mut parts = self.uri.clone().into_parts();
        parts.path_and_query = path_and_query.parse().ok();
        // What was a URL stays one when escaped characters are added.
        self.uri = Uri::from_parts(parts).unwrap_or(self.uri);
        self
    }

    /// Adds a header that is no secret.
    ///
    /// # Errors
    ///
    /// [`InvalidConfiguration`](ErrorKind::InvalidConfiguration) if it is no header of
    /// HTTP.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, Error> {
        let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>())
        else {
            return Err(refused("invalid HTTP header for the identity token request"));
        };
        self.headers.append(name, value);
        Ok(self)
    }

    /// Proves to the endpoint who asks, in the header `authorization`.
    ///
    /// # Errors
    ///
    /// [`InvalidConfiguration`](ErrorKind::InvalidConfiguration) if it cannot stand in
    /// a header, or would travel over plain `http` to another machine.
    pub fn bearer_token(mut self, token: impl Into<SecretString>) -> Result<Self, Error> {
        if self.uri.scheme_str() != Some("https") && !is_this_machine(&self.uri) {
            let what = format!("a bearer token is not sent to {} without TLS", shown(&self.uri));
            return Err(refused(what));
        }
        let token: SecretString = token.into();
        let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose().trim()))
            .map_err(|_| {
                refused(
                    "the bearer token contains characters that are not allowed in an HTTP header",
                )
            })?;
        value.set_sensitive(true);
        self.headers.insert(AUTHORIZATION, value);
        Ok(self)
    }

    /// Declares that the answer is a JSON object and this member of it the token.
    #[must_use]
    pub fn json_member(mut self, name: impl Into<String>) -> Self {
        self.json_member = Some(name.into());
        self
    }

    /// How long the endpoint may take with all retries: 10 s if not set.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The HTTP client to ask with, such as one with proxies.
    ///
    /// If not set, one without: its connection takes 3 s at most and serves one request.
    #[must_use]
    pub fn http_client(mut self, http: impl HttpClient + 'static) -> Self {
        self.http = Some(Arc::new(http));
        self
    }

    async fn ask(&self) -> Result<IdentityToken, Error> {
        let body = match &self.http {
            Some(http) => fetch(http, &self.uri, &self.headers, self.timeout).await?,
            // A new client for each token, once an hour: it trusts what the system trusts now.
            None => fetch(&HyperClient::new(), &self.uri, &self.headers, self.timeout).await?,
        };
        let token = match &self.json_member {
            None => IdentityToken::from_bytes(body),
            Some(member) => member_of(body, member).and_then(IdentityToken::parse),
        };
        token.map_err(|error| error.with_context(shown(&self.uri)))
    }
}

/// Without the query and the headers, which may hold what must not be seen.
impl fmt::Debug for IdentityTokenUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentityTokenUrl")
            .field("url", &shown(&self.uri))
            .field("json_member", &self.json_member)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// # Errors
///
/// Naming the endpoint without its query:
/// [`IdentityTokenUnreadable`](ErrorKind::IdentityTokenUnreadable) if it cannot be
/// reached, refuses or answers something else,
/// [`TimedOut`](ErrorKind::TimedOut), and of each kind of the `IdentityToken..`
/// family that a text can have.
///
/// # Cancel safety
///
/// Dropping the future abandons the request.
#[async_trait]
impl IdentityTokenRetriever for IdentityTokenUrl {
    async fn identity_token(&self) -> Result<IdentityToken, Error> {
        self.ask().await
    }
}

/// Ten times what an endpoint of a cloud takes on a bad day, and short of the
/// patience of whoever waits for credentials.
pub(super) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

fn member_of(body: Vec<u8>, member: &str) -> Result<String, Error> {
    let body = Zeroizing::new(body);
    let text = std::str::from_utf8(&body).ok();
    let mut members = text.and_then(json::object).unwrap_or_default();
    members.remove(member).and_then(|value| value.try_into().ok()).ok_or_else(|| {
        let what = format!("the response is not a JSON object with a string member {member:?}");
        Error::new(ErrorKind::IdentityTokenUnreadable, what)
    })
}

fn is_this_machine(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn refused(what: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidConfiguration, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_name_or_password_is_refused_and_not_repeated() {
        for wrong in [
            "https://user:planted@h/token",
            "https://planted@h/token",
            "https://:planted@h/",
            "http://planted:@localhost:1/?a=b",
        ] {
            let error = IdentityTokenUrl::new(wrong).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidConfiguration, "{wrong}");
            assert!(error.to_string().contains("user name or password"), "{error}");
            assert!(!format!("{error:?}").contains("planted"), "{error:?}");
        }
        // A query may contain one.
        assert!(IdentityTokenUrl::new("https://h/token?user=a@b").is_ok());
    }

    #[test]
    fn debug_shows_no_query_and_no_header_value() {
        let retriever = IdentityTokenUrl::new("https://h:1/token?sig=planted")
            .unwrap()
            .query("key", "planted")
            .header("x-vault-token", "planted")
            .unwrap()
            .bearer_token("planted")
            .unwrap();

        let shown = format!("{retriever:?}");

        assert!(!shown.contains("planted"), "{shown}");
        assert!(shown.contains("https://h:1/token"), "{shown}");
    }

    #[track_caller]
    fn check_query(url: &str, expected: &str) {
        let added = IdentityTokenUrl::new(url).unwrap().query("audience", "a b&c=d");
        assert_eq!(added.uri.to_string(), expected);
    }

    #[test]
    fn a_parameter_is_added_to_whatever_query_there_is() {
        check_query("http://h/p", "http://h/p?audience=a+b%26c%3Dd");
        check_query("http://h", "http://h/?audience=a+b%26c%3Dd");
        check_query(
            "https://h/p?api-version=2.0",
            "https://h/p?api-version=2.0&audience=a+b%26c%3Dd",
        );
        check_query("https://h/p?", "https://h/p?audience=a+b%26c%3Dd");
    }

    #[test]
    fn what_is_no_web_address_is_refused_and_not_repeated() {
        for wrong in [
            "",
            "planted",
            "ftp://planted/",
            "file:///planted",
            "/planted",
            "http://",
            "https://u:planted@h/",
            "http://planted@h/",
        ] {
            let error = IdentityTokenUrl::new(wrong).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidConfiguration, "{wrong}");
            assert!(!format!("{error:?}").contains("planted"), "{error:?}");
        }
    }

    #[test]
    fn a_bearer_token_leaves_the_machine_under_tls_only() {
        let bearer = |url| IdentityTokenUrl::new(url).unwrap().bearer_token("planted");

        for right in ["https://h/", "http://localhost:1/", "http://127.0.0.1/", "http://[::1]:80/"]
        {
            let retriever = bearer(right).unwrap();
            assert!(!format!("{retriever:?}").contains("planted"), "{retriever:?}");
        }
        for wrong in ["http://h/", "http://localhost.example/", "http://10.0.0.1/"] {
            let error = bearer(wrong).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
            assert!(!format!("{error:?}").contains("planted"), "{error:?}");
        }
    }

    #[test]
    fn a_header_that_is_none_is_refused() {
        let url = || IdentityTokenUrl::new("http://h/").unwrap();

        assert!(url().header("metadata-flavor", "Google").is_ok());
        assert!(url().header("no spaces", "x").is_err());
        assert!(url().header("x", "line\nbreak").is_err());
        assert!(IdentityTokenUrl::new("https://h/").unwrap().bearer_token("a\nb").is_err());
    }
}
