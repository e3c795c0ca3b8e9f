//! Whatever answers instead of STS. Input: a digit that chooses the operation, one that chooses the status, the body.

#![no_main]

use std::{
    cell::OnceCell,
    fmt,
    sync::{Arc, Mutex},
};

use aws_sdk_sts::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider, retry::RetryConfig};
use aws_smithy_runtime_api::{
    client::{
        http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn},
        orchestrator::{HttpRequest, HttpResponse},
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use libfuzzer_sys::fuzz_target;
use stscreds_aws_sdk::StsClient;
use stscreds_core::CredentialsProvider;
use stscreds_provider::{
    AssumeRoleProvider, CallerIdentityClient as _, FederationTokenProvider, SamlRoleProvider, SessionTokenProvider,
    WebIdentityRoleProvider,
};
use stscreds_token::{IdentityToken, SamlAssertion};
use tokio::runtime::Runtime;

thread_local! {
    static STAGE: OnceCell<(Runtime, Endpoint, StsClient)> = const { OnceCell::new() };
}

fuzz_target!(|input: &[u8]| {
    let [operation, status, body @ ..] = input else { return };
    STAGE.with(|stage| {
        let (runtime, endpoint, client) = stage.get_or_init(stage_set);
        *endpoint.answer.lock().unwrap() = (STATUSES[usize::from(*status) % STATUSES.len()], body.to_vec());
        // Paused, so that a provider which tries again costs no time.
        runtime.block_on(ask(client.clone(), operation % 6));
    });
});

const STATUSES: [u16; 8] = [200, 400, 403, 404, 429, 500, 503, 301];

async fn ask(sts: StsClient, operation: u8) {
    let role = "arn:aws:iam::111122223333:role/deploy".parse().unwrap();
    let provider: Box<dyn CredentialsProvider> = match operation {
        0 => Box::new(AssumeRoleProvider::builder(sts, role).build()),
        1 => {
            let token = IdentityToken::parse("opaque").unwrap();
            Box::new(WebIdentityRoleProvider::builder(sts, role, token).build())
        }
        2 => {
            let assertion = SamlAssertion::parse("PHNhbWxwOlJlc3BvbnNlLz4=").unwrap();
            let provider = "arn:aws:iam::111122223333:saml-provider/Idp".parse().unwrap();
            Box::new(SamlRoleProvider::builder(sts, role, provider, assertion).build())
        }
        3 => Box::new(SessionTokenProvider::builder(sts).build()),
        4 => Box::new(FederationTokenProvider::builder(sts, "alice".parse().unwrap()).build()),
        _ => match sts.caller_identity().await {
            Ok(identity) => return drop(format!("{identity:?}")),
            Err(error) => return drop(format!("{error} {error:?}")),
        },
    };
    match provider.credentials().await {
        Ok(credentials) => {
            assert!(!credentials.access_key_id().is_empty());
            assert!(!credentials.secret_access_key().expose().is_empty());
            assert!(credentials.session_token().is_some_and(|token| !token.expose().is_empty()));
            assert!(credentials.expires_at().is_some());
        }
        Err(error) => drop(format!("{error} {error:?}")),
    }
}

fn stage_set() -> (Runtime, Endpoint, StsClient) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let endpoint = Endpoint::default();
    let connector = SharedHttpConnector::new(endpoint.clone());
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url("http://localhost")
        .region(Region::new("eu-central-1"))
        .retry_config(RetryConfig::disabled())
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("AKIA", "s", None, None, "")))
        .build();
    (runtime, endpoint, StsClient::new(&config))
}

#[derive(Clone, Default)]
struct Endpoint {
    answer: Arc<Mutex<(u16, Vec<u8>)>>,
}

impl HttpConnector for Endpoint {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let (status, body) = self.answer.lock().unwrap().clone();
        let status = StatusCode::try_from(status).unwrap();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body))))
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Endpoint")
    }
}
