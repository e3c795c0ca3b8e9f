mod connect;
mod connection;
mod idle;
mod roots;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::HOST;
use http::{Request, Response, Uri, Version};

use self::connect::Connector;
use self::idle::Idle;
use self::roots::Roots;
use crate::target::Target;
use crate::{HttpClient, HttpError, NewConnection, Proxies};

/// HTTP/1.1 by hyper, TLS by rustls.
///
/// - A TLS certificate must come from an authority that the system trusts
///   (`SSL_CERT_FILE` and `SSL_CERT_DIR` included), or from one of the
///   [bundle](HyperClientBuilder::ca_bundle). Both are read at the first `https`
///   request, and again by the next one if that failed.
/// - Idle connections are used again within 20 s, eight at most. No task is spawned:
///   a connection is served while a request waits for it.
/// - Redirects are not followed.
///
/// Cheap to clone; clones share connections.
///
/// ```no_run
/// use bytes::Bytes;
/// use stscreds_transport::{HttpClient, HttpError, HyperClient};
///
/// # async fn example() -> Result<(), HttpError> {
/// let client = HyperClient::from_env()?;
/// let mut request = http::Request::new(Bytes::new());
/// *request.uri_mut() = http::Uri::from_static("https://sts.eu-central-1.amazonaws.com/");
///
/// let response = client.send(request).await?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct HyperClient(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    connector: Connector,
    idle: Idle,
}

impl HyperClient {
    /// How long a connection may take to be made, DNS and TLS included, if not set: 3 s.
    pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

    /// A client that trusts the system's authorities and uses no proxy.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A client with the proxies and the CA bundle that environment variables name.
    ///
    /// The proxies are those of [`Proxies::from_env`]. `AWS_CA_BUNDLE` is the path of
    /// a PEM file with certificate authorities that are trusted as well.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::HttpErrorKind::Configuration) for a proxy that is not a URL.
    pub fn from_env() -> Result<Self, HttpError> {
        #[expect(clippy::disallowed_methods, reason = "the loader of the environment")]
        let bundle = std::env::var_os("AWS_CA_BUNDLE").filter(|path| !path.is_empty());
        let builder = Self::builder().proxies(Proxies::from_env()?);
        Ok(match bundle {
            Some(path) => builder.ca_bundle(path).build(),
            None => builder.build(),
        })
    }

    /// A client with settings of its own.
    pub fn builder() -> HyperClientBuilder {
        HyperClientBuilder {
            connect_timeout: Self::DEFAULT_CONNECT_TIMEOUT,
            ca_bundle: None,
            proxies: Proxies::none(),
        }
    }

    async fn exchange(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let target = Target::of(request.uri())?;
        let via_proxy = self.0.connector.address_form(&target, request.headers_mut());
        if !request.headers().contains_key(HOST) {
            request.headers_mut().insert(HOST, target.host_header()?);
        }
        if !via_proxy {
            let path = request.uri().path_and_query().cloned();
            *request.uri_mut() = path.map(Uri::from).unwrap_or_default();
        }
        *request.version_mut() = Version::HTTP_11;

        let must_be_new = request.extensions().get::<NewConnection>().is_some();
        let kept = if must_be_new { None } else { self.0.idle.take(&target).await };
        let mut connection = match kept {
            Some(connection) => connection,
            None => self.0.connector.connect(&target).await?,
        };
        let response = connection.exchange(request).await?;
        self.0.idle.put(target, connection);
        Ok(response)
    }
}

impl Default for HyperClient {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl HttpClient for HyperClient {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        self.exchange(request).await
    }
}

/// Builds a [`HyperClient`]; made by [`HyperClient::builder`].
#[derive(Debug)]
#[must_use = "call `build` to get the client"]
pub struct HyperClientBuilder {
    connect_timeout: Duration,
    ca_bundle: Option<PathBuf>,
    proxies: Proxies,
}

impl HyperClientBuilder {
    /// How long a connection may take to be made, DNS and TLS included.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// A PEM file with certificate authorities to trust beside the system's.
    pub fn ca_bundle(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_bundle = Some(path.into());
        self
    }

    /// The proxies to use; none if not set.
    pub fn proxies(mut self, proxies: Proxies) -> Self {
        self.proxies = proxies;
        self
    }

    /// The client.
    #[must_use]
    pub fn build(self) -> HyperClient {
        let Self { connect_timeout, ca_bundle, proxies } = self;
        let connector = Connector::new(connect_timeout, Roots::new(ca_bundle), proxies);
        HyperClient(Arc::new(Shared { connector, idle: Idle::default() }))
    }
}
