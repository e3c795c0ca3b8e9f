//! A server that responds instead of STS. Input: a digit that chooses the operation, one that chooses the status, a line
//! for the `Date`, the body.

#![no_main]

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Request, Response};
use libfuzzer_sys::fuzz_target;
use stscreds_core::{Credentials, CredentialsProvider};
use stscreds_http::{RetryPolicy, StsHttpClient};
use stscreds_provider::{
    AssumeRoleProvider, CallerIdentityClient as _, FederationTokenProvider, SamlRoleProvider, SessionTokenProvider,
    WebIdentityRoleProvider,
};
use stscreds_token::{IdentityToken, SamlAssertion};
use stscreds_transport::{HttpClient, HttpError};

#[derive(Debug, Clone)]
struct Server(Arc<Mutex<(u16, Option<HeaderValue>, Bytes)>>);

#[async_trait]
impl HttpClient for Server {
    async fn send(&self, _request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (status, date, body) = self.0.lock().unwrap().clone();
        let mut response = Response::new(body);
        *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
        if let Some(date) = date {
            response.headers_mut().insert("date", date);
        }
        Ok(response)
    }
}

const STATUSES: [u16; 8] = [200, 400, 403, 404, 429, 500, 503, 301];

fuzz_target!(|input: &[u8]| {
    let [operation, status, rest @ ..] = input else { return };
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (date, body) = rest.split_at(end);
    let status = STATUSES[usize::from(*status) % STATUSES.len()];
    let date = HeaderValue::from_bytes(date).ok();
    let server = Server(Arc::new(Mutex::new((status, date, Bytes::copy_from_slice(body)))));
    let sts = StsHttpClient::builder("eu-central-1".parse().unwrap(), server)
        .credentials(Credentials::new("AKIAEXAMPLE", "planted-secret"))
        .retries(RetryPolicy::none())
        .build();
    // Paused, so that a provider that retries costs no time.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(ask(sts, operation % 6));
});

async fn ask(sts: StsHttpClient, operation: u8) {
    let role = "arn:aws:iam::111122223333:role/deploy".parse().unwrap();
    let provider: Box<dyn CredentialsProvider> = match operation {
        0 => Box::new(AssumeRoleProvider::builder(sts, role).build()),
        1 => {
            let token = IdentityToken::parse("planted-token").unwrap();
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
        Err(error) => assert_eq!(error.to_string().lines().count(), 1, "{error}"),
    }
}
