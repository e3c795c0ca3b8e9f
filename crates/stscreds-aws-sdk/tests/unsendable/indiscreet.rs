//! HTTP clients that put the whole request into their errors.

use aws_sdk_sts::config::SharedHttpClient;
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
