use std::fmt;
use std::future::{Future as _, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use http::{Request, Uri, header};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::oidc::FetchFault;

/// Gets a document of an issuer.
///
/// Callers may assume that an answer is complete and not longer than the implementer's limit. Implementers owe an answer or a fault within a
/// bounded time, and nothing left behind when the future is dropped.
#[async_trait]
pub trait Fetch: fmt::Debug + Send + Sync {
    /// The body of a successful `GET`.
    ///
    /// Over TLS, `thumbprints` are those of certificates to trust beside those of public authorities.
    ///
    /// # Errors
    ///
    /// A [`FetchFault`] for everything but a successful answer.
    async fn fetch(&self, url: &str, thumbprints: &[String]) -> Result<Vec<u8>, FetchFault>;
}

/// Gets documents over HTTP, one connection for each.
#[derive(Clone, Debug)]
pub struct HttpFetch {
    timeout: Duration,
    max_length: usize,
}

impl HttpFetch {
    /// How long one document may take, all in all; five seconds unless told otherwise.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How many bytes a document may have; 256 KiB unless told otherwise.
    #[must_use]
    pub fn max_length(mut self, max_length: usize) -> Self {
        self.max_length = max_length;
        self
    }

    #[cfg_attr(
        not(feature = "https"),
        expect(unused_variables, reason = "only certificates have thumbprints")
    )]
    async fn get(&self, url: &str, thumbprints: &[String]) -> Result<Vec<u8>, FetchFault> {
        let uri = url.parse::<Uri>().map_err(|_| FetchFault::InvalidUrl)?;
        let host = uri.host().ok_or(FetchFault::InvalidUrl)?.trim_matches(['[', ']']);
        let connect = async |port| {
            TcpStream::connect((host, uri.port_u16().unwrap_or(port)))
                .await
                .map_err(|error| FetchFault::NoConnection(error.to_string()))
        };
        match uri.scheme_str() {
            Some("http") => self.exchange(&uri, connect(80).await?).await,
            #[cfg(feature = "https")]
            Some("https") => {
                self.exchange(
                    &uri,
                    super::tls::connect(connect(443).await?, host, thumbprints).await?,
                )
                .await
            }
            _ => Err(FetchFault::UnsupportedScheme),
        }
    }

    /// One request and its answer over one connection.
    async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        uri: &Uri,
        stream: S,
    ) -> Result<Vec<u8>, FetchFault> {
        let authority = uri.authority().ok_or(FetchFault::InvalidUrl)?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| FetchFault::NoAnswer(error.to_string()))?;
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        let request = Request::get(target)
            .header(header::HOST, authority.as_str())
            .header(header::ACCEPT, "application/json")
            .body(Empty::<Bytes>::new())
            .map_err(|_| FetchFault::InvalidUrl)?;
        let exchange = async {
            let response = sender
                .send_request(request)
                .await
                .map_err(|error| FetchFault::NoAnswer(error.to_string()))?;
            if !response.status().is_success() {
                return Err(FetchFault::Status(response.status().as_u16()));
            }
            let body = Limited::new(response.into_body(), self.max_length).collect().await;
            body.map(|body| body.to_bytes().to_vec()).map_err(|error| {
                let is_too_long = error.is::<http_body_util::LengthLimitError>();
                if is_too_long {
                    FetchFault::TooLong(self.max_length)
                } else {
                    FetchFault::NoAnswer(error.to_string())
                }
            })
        };
        // Driven in place instead of in a task of its own, so that a dropped fetch leaves nothing behind.
        let (mut exchange, mut connection) = (pin!(exchange), pin!(connection));
        let mut is_over = false;
        poll_fn(|cx| {
            if let Poll::Ready(answer) = exchange.as_mut().poll(cx) {
                return Poll::Ready(answer);
            }
            if !is_over && connection.as_mut().poll(cx).is_ready() {
                is_over = true;
                // All that will ever come has come.
                return exchange.as_mut().poll(cx);
            }
            Poll::Pending
        })
        .await
    }
}

impl Default for HttpFetch {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(5), max_length: 256 * 1024 }
    }
}

#[async_trait]
impl Fetch for HttpFetch {
    async fn fetch(&self, url: &str, thumbprints: &[String]) -> Result<Vec<u8>, FetchFault> {
        let get = self.get(url, thumbprints);
        tokio::time::timeout(self.timeout, get)
            .await
            .unwrap_or(Err(FetchFault::TimedOut(self.timeout)))
    }
}
