use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use reqwest::redirect::Policy;

use crate::{HttpClient, HttpError, HttpErrorKind, MaxResponseBytes};

/// A [`reqwest`] client, for a program that has its proxies, its TLS and its resolver set
/// up there.
///
/// ```
/// use stscreds_transport::{HttpError, ReqwestClient};
///
/// # fn example() -> Result<(), HttpError> {
/// let client = ReqwestClient::new(reqwest::Client::builder())?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct ReqwestClient(reqwest::Client);

impl ReqwestClient {
    /// The client that this builder makes, but for what an [`HttpClient`] owes:
    /// redirects are not followed, nothing is retried, and each request has a connection
    /// of its own.
    ///
    /// # Errors
    ///
    /// [`Configuration`](HttpErrorKind::Configuration) if the client cannot be made.
    pub fn new(builder: reqwest::ClientBuilder) -> Result<Self, HttpError> {
        let builder = builder
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .pool_max_idle_per_host(0);
        builder.build().map(Self).map_err(|error| {
            let what = "the reqwest client could not be built";
            HttpError::new(HttpErrorKind::Configuration, what).with_source(error.without_url())
        })
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let MaxResponseBytes(limit) = MaxResponseBytes::of(request.extensions());
        if request.uri().authority().is_some_and(|authority| authority.as_str().contains('@')) {
            let what = "the URL of the request has a user name or password in it";
            return Err(HttpError::new(HttpErrorKind::Configuration, what));
        }
        let request = reqwest::Request::try_from(request).map_err(of_reqwest)?;
        let mut response = self.0.execute(request).await.map_err(of_reqwest)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(of_reqwest)? {
            if body.len() + chunk.len() > limit {
                let what = format!("the response has more than {limit} bytes");
                return Err(HttpError::new(HttpErrorKind::ResponseTooLarge, what));
            }
            body.extend_from_slice(&chunk);
        }
        let mut whole = Response::new(Bytes::from(body));
        *whole.status_mut() = response.status();
        *whole.headers_mut() = std::mem::take(response.headers_mut());
        Ok(whole)
    }
}

#[async_trait]
impl HttpClient for ReqwestClient {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        self.exchange(request).await
    }
}

/// Nothing of the client: it may show proxies with passwords.
impl fmt::Debug for ReqwestClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReqwestClient")
    }
}

/// Without the URL, which may hold what must not be seen.
fn of_reqwest(error: reqwest::Error) -> HttpError {
    let error = error.without_url();
    let (kind, what) = match () {
        () if error.is_builder() => {
            (HttpErrorKind::Configuration, "reqwest does not accept the request")
        }
        () if error.is_connect() && error.is_timeout() => {
            (HttpErrorKind::ConnectTimedOut, "no connection in time")
        }
        () if error.is_connect() => (HttpErrorKind::Connect, "cannot connect"),
        () => (HttpErrorKind::Broken, "the connection ended before the response was complete"),
    };
    HttpError::new(kind, what).with_source(error)
}
