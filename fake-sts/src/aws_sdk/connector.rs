use std::io;
use std::time::Duration;

use aws_smithy_async::future::timeout::Timeout;
use aws_smithy_async::rt::sleep::{AsyncSleep as _, SharedAsyncSleep};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::ErrorKind;
use axum::Router;
use axum::body::Body;
use http::{HeaderValue, Request, header};
use tower::ServiceExt as _;

use super::streamed::Streamed;
use crate::fault::Disruption;

/// The HTTP client of the SDK, with the fake in the place of the network.
#[derive(Clone, Debug)]
pub(super) struct InMemory {
    router: Router,
    read_limit: Option<(Duration, SharedAsyncSleep)>,
}

impl InMemory {
    pub(super) fn new(router: Router) -> Self {
        Self { router, read_limit: None }
    }

    async fn exchange(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let request = received(request).map_err(ConnectorError::user)?;
        let answering = self.router.oneshot(request);
        let answer = match self.read_limit {
            None => answering.await,
            Some((limit, sleep)) => Timeout::new(answering, sleep.sleep(limit))
                .await
                .map_err(|error| ConnectorError::timeout(error.into()))?,
        };
        let answer = answer.unwrap_or_else(|never| match never {});
        if let Some(fault) = answer.extensions().get::<Disruption>().and_then(Disruption::error) {
            return Err(broken(fault));
        }
        let answer = Streamed::of(answer).map(SdkBody::from_body_1_x);
        HttpResponse::try_from(answer).map_err(|error| ConnectorError::other(error.into(), None))
    }
}

impl HttpConnector for InMemory {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().exchange(request))
    }
}

impl HttpClient for InMemory {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let read_limit = settings.read_timeout().zip(components.sleep_impl());
        SharedHttpConnector::new(Self { read_limit, ..self.clone() })
    }
}

/// The request as it would come out of a connection: the host in its header, only path and query in its first line.
fn received(
    request: HttpRequest,
) -> Result<Request<Body>, Box<dyn std::error::Error + Send + Sync>> {
    let mut request = request.try_into_http1x()?.map(Body::new);
    if let Some(authority) = request.uri().authority() {
        let host = HeaderValue::try_from(authority.as_str())?;
        request.headers_mut().entry(header::HOST).or_insert(host);
    }
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str()).parse()?;
    *request.uri_mut() = target;
    Ok(request)
}

/// What the SDK's own HTTP client makes of a connection without an answer.
fn broken(fault: io::Error) -> ConnectorError {
    match fault.kind() {
        // Not a matter of I/O to it, but of a message that ends early.
        io::ErrorKind::UnexpectedEof => {
            ConnectorError::other(fault.into(), Some(ErrorKind::TransientError))
        }
        _ => ConnectorError::io(fault.into()),
    }
}
