use std::io;
use std::time::Duration;

use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::rt::TokioExecutor;
use rustls::crypto::aws_lc_rs;
use stscreds_core::{Error, ErrorKind};

use crate::IdentityToken;

/// The body of a successful answer to a `GET`.
///
/// One connection for one answer: a token is fetched once an hour. Redirects are not
/// followed, since they could lead a secret header astray.
pub(super) async fn fetch(
    request: Request<Empty<Bytes>>,
    timeout: Duration,
) -> Result<Vec<u8>, Error> {
    let place = shown(request.uri());
    match tokio::time::timeout(timeout, exchange(request)).await {
        Ok(outcome) => outcome.map_err(|error| error.with_context(place)),
        Err(_elapsed) => Err(Error::new(
            ErrorKind::TimedOut,
            format!("{place} did not hand out an identity token within {timeout:?}"),
        )),
    }
}

/// An address without its query, which may hold what must not be seen.
pub(super) fn shown(uri: &Uri) -> String {
    let scheme = uri.scheme_str().unwrap_or_default();
    // Not `authority`, which may hold a password.
    let host = uri.host().unwrap_or_default();
    let port = uri.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{scheme}://{host}{port}{}", uri.path())
}

async fn exchange(request: Request<Empty<Bytes>>) -> Result<Vec<u8>, Error> {
    let response = if request.uri().scheme_str() == Some("https") {
        send(tls().await?, request).await?
    } else {
        send(HttpConnector::new(), request).await?
    };
    let status = response.status();
    if !status.is_success() {
        let what = format!("the endpoint of the identity token answered {status}");
        return Err(unreadable(what));
    }
    let body = Limited::new(response.into_body(), MAX_BODY_BYTES).collect().await;
    match body {
        Ok(body) => Ok(body.to_bytes().into()),
        Err(error) if error.is::<LengthLimitError>() => Err(Error::new(
            ErrorKind::IdentityTokenTooLarge,
            format!("the answer has more than {MAX_BODY_BYTES} bytes"),
        )),
        Err(error) => Err(unreadable("the answer broke off").with_source(error)),
    }
}

async fn send<C>(connector: C, request: Request<Empty<Bytes>>) -> Result<Response<Incoming>, Error>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector);
    client.request(request).await.map_err(|error| {
        unreadable("cannot reach the endpoint of the identity token").with_source(error)
    })
}

/// Trusts whom the system trusts as of now. Reads a few hundred kilobytes of files,
/// off the executor.
async fn tls() -> Result<HttpsConnector<HttpConnector>, Error> {
    let read = || {
        let builder = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(aws_lc_rs::default_provider())?;
        Ok(builder.https_only().enable_http1().build())
    };
    match tokio::task::spawn_blocking(read).await {
        Ok(connector) => connector.map_err(|error: io::Error| {
            unreadable("the system has no certificates to trust").with_source(error)
        }),
        Err(gone) => {
            Err(unreadable("the read of the system's certificates was given up").with_source(gone))
        }
    }
}

/// The longest token in bytes, with room for the JSON around it.
const MAX_BODY_BYTES: usize = 4 * IdentityToken::MAX_CHARS + 4096;

fn unreadable(what: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::IdentityTokenUnreadable, what)
}
