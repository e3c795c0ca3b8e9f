//! Settings that become the head of a request: region, endpoint URL, access key id, session token, a header of a
//! presigned request, the authorization token of a container. Input: these six, a line each; a zero byte is a line
//! break within.

#![no_main]

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use libfuzzer_sys::fuzz_target;
use stscreds_core::{Credentials, CredentialsProvider};
use stscreds_http::{ContainerCredentials, EndpointSettings, RetryPolicy, StsHttpClient};
use stscreds_provider::CallerIdentityClient as _;
use stscreds_transport::{HttpClient, HttpError, HttpErrorKind};

#[derive(Debug, Clone)]
struct Wire;

#[async_trait]
impl HttpClient for Wire {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let uri = request.uri();
        assert!(matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some(), "{uri}");
        assert!(!uri.authority().unwrap().as_str().contains('@'), "{uri}");
        for (name, value) in request.headers() {
            assert!(!value.as_bytes().iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)), "{name}");
        }
        Err(HttpError::new(HttpErrorKind::Connect, "seen enough"))
    }
}

fuzz_target!(|input: &str| {
    let text = input.replace('\n', "\u{1}").replace('\0', "\r\n");
    let mut lines = text.split('\u{1}');
    let mut line = || lines.next().unwrap_or_default();
    let (region, url, key, token, header, authorization) = (line(), line(), line(), line(), line(), line());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();

    let container = ContainerCredentials::builder(url, Wire)
        .map(|builder| builder.retries(RetryPolicy::none()).authorization_token(authorization).build());
    // Names of plain http would be resolved.
    let is_address = url.starts_with("https://") || url.starts_with("http://127.") || url.starts_with("http://[");
    if let Some(container) = container.ok().filter(|_| is_address) {
        let _error = runtime.block_on(container.credentials()).unwrap_err();
    }
    let settings = EndpointSettings::new(region);
    let settings = if url.is_empty() { settings } else { settings.url(url) };
    let Ok(endpoint) = settings.resolve() else { return };
    let credentials = Credentials::builder(key, "s").session_token(token).build();
    let sts = StsHttpClient::builder(endpoint, Wire).credentials(credentials).retries(RetryPolicy::none()).build();
    let _error = runtime.block_on(sts.caller_identity()).unwrap_err();
    let (name, value) = header.split_once(':').unwrap_or((header, ""));
    if let Ok(signed) = runtime.block_on(sts.presigned_caller_identity(&[(name, value)], Duration::from_secs(60))) {
        assert!(signed.url.expose().parse::<http::Uri>().is_ok());
        assert!(!value.contains(['\r', '\n']));
    }
});
