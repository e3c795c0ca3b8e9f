use std::future::Future;

use aws_sdk_sts::config::http::HttpResponse;
use aws_sdk_sts::config::{BehaviorVersion, Config, RuntimeComponents};
use aws_smithy_runtime::client::defaults::default_http_client_plugin_v2;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::RuntimePlugin;
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt, Limited};
use stscreds_cache::pool::Budget;
use stscreds_core::{Error, ErrorKind};

use super::error_body::{MAX_BODY, fault_in};

/// The HTTP client of this configuration, each of whose requests takes a permit.
///
/// Here and not around a call: a request is signed by then, and so nothing is held while the
/// credentials that sign are themselves fetched, or a person is asked. And each attempt counts.
pub(super) fn budgeted(config: &Config, budget: Budget) -> Option<SharedHttpClient> {
    let client = config.http_client().or_else(default_client)?;
    Some(SharedHttpClient::new(Budgeted { inner: client, budget }))
}

/// The SDK's own, which it uses where a configuration names none.
fn default_client() -> Option<SharedHttpClient> {
    let plugin = default_http_client_plugin_v2(BehaviorVersion::latest())?;
    let none = RuntimeComponentsBuilder::new("Budgeted");
    plugin.runtime_components(&none).http_client()
}

#[derive(Debug)]
struct Budgeted<C> {
    inner: C,
    budget: Budget,
}

impl HttpClient for Budgeted<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Budgeted { inner, budget: self.budget.clone() })
    }
}

impl HttpConnector for Budgeted<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (inner, budget) = (self.inner.clone(), self.budget.clone());
        HttpConnectorFuture::new(async move {
            // Refused or not reachable: an error of the caller's, which the SDK does not repeat.
            let permit =
                budget.permit().await.map_err(|error| ConnectorError::user(Box::new(error)))?;
            let response = answered(inner.call(request)).await;
            match &response {
                Ok(response) => {
                    let fault = fault_in(response).map(|fault| fault.into_error("a request"));
                    permit.finish(fault.as_ref());
                }
                Err(error) => permit.finish(Some(&unreachable(error))),
            }
            response
        })
    }
}

/// The response, with the whole body if it is an error: only there STS says that it throttles.
async fn answered(
    call: impl Future<Output = Result<HttpResponse, ConnectorError>>,
) -> Result<HttpResponse, ConnectorError> {
    let mut response = call.await?;
    if response.status().as_u16() >= 400 {
        let body = std::mem::replace(response.body_mut(), SdkBody::taken());
        let whole = Limited::new(body, MAX_BODY).collect().await.map_err(ConnectorError::io)?;
        *response.body_mut() = SdkBody::from(whole.to_bytes());
    }
    Ok(response)
}

/// What the budget must know of it; the SDK's text is not for people.
fn unreachable(error: &ConnectorError) -> Error {
    let kind = match error.is_timeout() {
        true => ErrorKind::TimedOut,
        false => ErrorKind::ConnectionFailed,
    };
    Error::new(kind, "STS cannot be reached: the last requests got no response")
}
