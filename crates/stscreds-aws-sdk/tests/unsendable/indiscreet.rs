//! Parts of a configuration that put the whole request into their errors.

use aws_sdk_sts::config::endpoint::{Endpoint, EndpointFuture, Params, ResolveEndpoint};
use aws_sdk_sts::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_sts::config::{ConfigBag, Intercept, RuntimeComponents, SharedHttpClient};
use aws_sdk_sts::error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::retry::ErrorKind;

/// By the kind of error that the SDK is given.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Indiscreet {
    Io,
    Timeout,
    User,
    Other,
    Transient,
}

impl Indiscreet {
    pub(crate) fn client(self) -> SharedHttpClient {
        http_client_fn(move |_, _| SharedHttpConnector::new(self))
    }
}

impl HttpConnector for Indiscreet {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default());
        let text = format!("cannot send {request:?} {body}").into();
        HttpConnectorFuture::ready(Err(match self {
            Self::Io => ConnectorError::io(text),
            Self::Timeout => ConnectorError::timeout(text),
            Self::User => ConnectorError::user(text),
            Self::Other => ConnectorError::other(text, None),
            Self::Transient => ConnectorError::other(text, Some(ErrorKind::TransientError)),
        }))
    }
}

/// An interceptor that fails with the whole request in its error.
#[derive(Debug)]
pub(crate) struct Failing;

impl Intercept for Failing {
    fn name(&self) -> &'static str {
        "Failing"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.request().body().bytes().unwrap_or_default();
        Err(format!("planted {}", String::from_utf8_lossy(body)).into())
    }
}

/// An endpoint resolver of a program: this URL, this header, or an error without a URL.
#[derive(Debug)]
pub(crate) struct Resolver(pub(crate) Option<&'static str>, pub(crate) Option<&'static str>);

impl ResolveEndpoint for Resolver {
    fn resolve_endpoint<'a>(&'a self, _: &'a Params) -> EndpointFuture<'a> {
        let Some(url) = self.0 else {
            return EndpointFuture::ready(Err("planted".into()));
        };
        let endpoint = Endpoint::builder().url(url);
        EndpointFuture::ready(Ok(match self.1 {
            Some(header) => endpoint.header("x-planted", header).build(),
            None => endpoint.build(),
        }))
    }
}
