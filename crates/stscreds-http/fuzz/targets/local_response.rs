//! A server that responds instead of a container endpoint or a metadata service. Input: a digit that chooses which, one
//! that chooses the status, the body.

#![no_main]

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use libfuzzer_sys::fuzz_target;
use stscreds_core::CredentialsProvider;
use stscreds_http::{ContainerCredentials, InstanceCredentials, RetryPolicy};
use stscreds_transport::{HttpClient, HttpError};

#[derive(Debug, Clone)]
struct Server(u16, Bytes);

#[async_trait]
impl HttpClient for Server {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let path = request.uri().path();
        assert!(path.starts_with('/') && !path.contains("/../"), "{path}");
        let mut response = Response::new(self.1.clone());
        *response.status_mut() = http::StatusCode::from_u16(self.0).unwrap();
        Ok(response)
    }
}

const STATUSES: [u16; 8] = [200, 400, 401, 404, 429, 500, 503, 301];

fuzz_target!(|input: &[u8]| {
    let [kind, status, body @ ..] = input else { return };
    let server = Server(STATUSES[usize::from(*status) % STATUSES.len()], Bytes::copy_from_slice(body));
    let (url, retries) = ("http://127.0.0.1:9/x", RetryPolicy::none());
    let provider: Box<dyn CredentialsProvider> = match kind % 2 {
        0 => Box::new(ContainerCredentials::builder(url, server).unwrap().retries(retries).build()),
        _ => Box::new(InstanceCredentials::builder(url, server).unwrap().retries(retries).build()),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    match runtime.block_on(provider.credentials()) {
        Ok(credentials) => {
            assert!(!credentials.access_key_id().is_empty());
            assert!(!credentials.access_key_id().contains(char::is_control));
            assert!(!credentials.secret_access_key().expose().is_empty());
            assert!(credentials.session_token().is_some_and(|token| !token.expose().is_empty()));
            assert!(credentials.expires_at().is_some());
        }
        Err(error) => assert_eq!(error.to_string().lines().count(), 1, "{error}"),
    }
});
