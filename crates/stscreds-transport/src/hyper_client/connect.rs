use std::time::Duration;

use http::HeaderMap;
use http::header::PROXY_AUTHORIZATION;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::connection::{Connection, Stream};
use super::roots::Roots;
use crate::proxy::{Proxies, Proxy};
use crate::target::Target;
use crate::{HttpError, HttpErrorKind};

/// Makes connections, by way of proxies where they are configured.
#[derive(Debug)]
pub(super) struct Connector {
    timeout: Duration,
    roots: Roots,
    proxies: Proxies,
}

impl Connector {
    pub(super) fn new(timeout: Duration, roots: Roots, proxies: Proxies) -> Self {
        Self { timeout, roots, proxies }
    }

    /// Prepares the head of a request for a proxy that forwards it, and returns
    /// whether there is one: such a request names the whole URL.
    pub(super) fn address_form(&self, target: &Target, headers: &mut HeaderMap) -> bool {
        let proxy = self.proxy(target).filter(|_| !target.is_https);
        if let Some(authorization) = proxy.and_then(Proxy::authorization) {
            headers.insert(PROXY_AUTHORIZATION, authorization.clone());
        }
        proxy.is_some()
    }

    /// A new connection, within the timeout.
    pub(super) async fn connect(&self, target: &Target) -> Result<Connection, HttpError> {
        let stream = tokio::time::timeout(self.timeout, self.stream(target));
        let stream = stream.await.map_err(|_elapsed| {
            let Self { timeout, .. } = self;
            let what = format!("no connection to {} within {timeout:?}", target.authority());
            HttpError::new(HttpErrorKind::ConnectTimedOut, what)
        })??;
        Connection::over(stream).await
    }

    async fn stream(&self, target: &Target) -> Result<Box<dyn Stream>, HttpError> {
        let stream = match self.proxy(target) {
            None => dial(target).await?,
            Some(proxy) => {
                let to_proxy = proxy.target();
                let stream = dial(to_proxy).await?;
                let stream =
                    if to_proxy.is_https { self.tls(to_proxy, stream).await? } else { stream };
                if target.is_https { tunnel(stream, proxy, target).await? } else { stream }
            }
        };
        if target.is_https { self.tls(target, stream).await } else { Ok(stream) }
    }

    async fn tls(
        &self,
        target: &Target,
        stream: Box<dyn Stream>,
    ) -> Result<Box<dyn Stream>, HttpError> {
        let config = self.roots.config().await?;
        let name = ServerName::try_from(target.host.clone()).map_err(|error| {
            let what = format!("{} is not a host name that a certificate can have", target.host);
            HttpError::new(HttpErrorKind::Configuration, what).with_source(error)
        })?;
        let stream = TlsConnector::from(config).connect(name, stream).await.map_err(|error| {
            connect_error(format!("no TLS connection to {}", target.authority())).with_source(error)
        })?;
        Ok(Box::new(stream))
    }

    fn proxy(&self, target: &Target) -> Option<&Proxy> {
        self.proxies.for_target(target)
    }
}

async fn dial(target: &Target) -> Result<Box<dyn Stream>, HttpError> {
    let stream = TcpStream::connect((target.host.as_str(), target.port)).await;
    let stream = stream.map_err(|error| {
        connect_error(format!("cannot connect to {}", target.authority())).with_source(error)
    })?;
    // One small request at a time: nothing to gather.
    let _unsupported = stream.set_nodelay(true);
    Ok(Box::new(stream))
}

/// Asks a proxy for a tunnel, by
/// [CONNECT](https://www.rfc-editor.org/rfc/rfc9110#name-connect).
async fn tunnel(
    mut stream: Box<dyn Stream>,
    proxy: &Proxy,
    target: &Target,
) -> Result<Box<dyn Stream>, HttpError> {
    let failed = |what: &str| {
        let (proxy, target) = (proxy.target().authority(), target.authority());
        connect_error(format!("the proxy {proxy} {what} to {target}"))
    };
    let authority = target.authority();
    let mut head = format!("CONNECT {authority} HTTP/1.1\r\nhost: {authority}\r\n").into_bytes();
    if let Some(authorization) = proxy.authorization() {
        head.extend_from_slice(b"proxy-authorization: ");
        head.extend_from_slice(authorization.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    let broken = |error| failed("ended the connection instead of a tunnel").with_source(error);
    stream.write_all(&head).await.map_err(broken)?;
    stream.flush().await.map_err(broken)?;

    let mut response = Vec::new();
    while !response.ends_with(b"\r\n\r\n") {
        if response.len() == MAX_HEAD_BYTES {
            return Err(failed("sent too long a response to a request for a tunnel"));
        }
        // Byte by byte: what follows the head belongs to the tunnel.
        response.push(stream.read_u8().await.map_err(broken)?);
    }
    match status(&response) {
        Some(200..=299) => Ok(stream),
        Some(407) => Err(failed(
            "wants a user name and password (HTTP 407), in the URL of the proxy, for a tunnel",
        )),
        Some(status) => Err(failed(&format!("refused a tunnel (HTTP {status})"))),
        None => Err(failed("did not answer in HTTP when asked for a tunnel")),
    }
}

fn status(head: &[u8]) -> Option<u16> {
    let head = std::str::from_utf8(head).ok()?;
    let (version, rest) = head.split_once(' ')?;
    if !version.starts_with("HTTP/1.") {
        return None;
    }
    rest.get(..3)?.parse().ok()
}

const MAX_HEAD_BYTES: usize = 8 * 1024;

fn connect_error(what: impl Into<std::borrow::Cow<'static, str>>) -> HttpError {
    HttpError::new(HttpErrorKind::Connect, what)
}
