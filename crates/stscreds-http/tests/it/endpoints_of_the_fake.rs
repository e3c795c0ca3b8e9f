//! Container and instance credentials from the endpoints of the fake, through expiries and faults.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use fake_sts::FakeSts;
use fake_sts::endpoints::{Endpoint, EndpointFault};
use stscreds_cache::CredentialsCache;
use stscreds_core::{Clock, CredentialsProvider, ErrorKind, TimeSource, Timestamp};
use stscreds_http::{ContainerCredentials, InstanceCredentials, RetryPolicy};
use stscreds_transport::HyperClient;

const HOUR: u64 = 3600;

async fn serving(endpoint: Endpoint) -> Arc<FakeSts> {
    let fake = FakeSts::builder()
        .clock_frozen_at(SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_010))
        .serve(endpoint.lifetime(Duration::from_secs(HOUR)))
        .start()
        .await;
    Arc::new(fake.unwrap())
}

fn quickly() -> RetryPolicy {
    let mut retries = RetryPolicy::default();
    retries.first_backoff = Duration::from_millis(1);
    retries
}

fn container(fake: &FakeSts, path: &str) -> stscreds_http::ContainerCredentialsBuilder {
    let url = format!("{}{path}", fake.uri());
    ContainerCredentials::builder(url, HyperClient::new()).unwrap().retries(quickly())
}

fn instance(fake: &FakeSts) -> InstanceCredentials {
    InstanceCredentials::builder(fake.uri(), HyperClient::new()).unwrap().build()
}

fn requests(fake: &FakeSts, operation: &str) -> usize {
    fake.journal().calls().iter().filter(|call| call.operation == operation).count()
}

/// Reads through three expiries, twice for each session, with one request for each.
async fn through_three_expiries(
    fake: &FakeSts,
    provider: impl CredentialsProvider + 'static,
    operation: &str,
) {
    let clock = Clock::custom(Follows(fake.clock().clone()));
    let cache = CredentialsCache::builder(provider).clock(clock.clone()).build();
    for round in 1..=4 {
        let first = cache.credentials().await.unwrap();
        let second = cache.credentials().await.unwrap();
        assert_eq!(first.access_key_id(), second.access_key_id());
        assert!(first.expires_at().unwrap() > clock.now());
        assert_eq!(requests(fake, operation), round);
        fake.clock().advance(Duration::from_secs(HOUR));
    }
}

#[tokio::test]
async fn a_container_reads_one_session_after_another() {
    let fake = serving(Endpoint::container("plain").token("open sesame")).await;
    let provider =
        container(&fake, Endpoint::CONTAINER_PATH).authorization_token("open sesame").build();

    through_three_expiries(&fake, provider, "container:GetCredentials").await;
}

#[tokio::test]
async fn a_pod_reads_with_whatever_token_its_file_has() {
    let fake = serving(Endpoint::pod_identity("plain")).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let (path, source) = (file.path().to_owned(), Arc::clone(&fake));
    // As the kubelet does: another token is in the file before the old one ends.
    let rotate = move || {
        let token = source.issuer().projected_token("jobs", "report");
        let token = token.audience(Endpoint::POD_IDENTITY_AUDIENCE);
        std::fs::write(&path, token.expires_in(Duration::from_secs(HOUR)).mint()).unwrap();
    };
    let provider = Arc::new(
        container(&fake, Endpoint::POD_IDENTITY_PATH).authorization_token_file(file.path()).build(),
    );

    let rotated = move || {
        rotate();
        let provider = Arc::clone(&provider);
        async move { provider.credentials().await }
    };
    through_three_expiries(&fake, rotated, "pod-identity:GetCredentials").await;
}

#[tokio::test]
async fn an_instance_reads_one_session_after_another() {
    let fake = serving(Endpoint::instance_metadata("plain")).await;

    through_three_expiries(&fake, instance(&fake), "imds:GetCredentials").await;
}

#[tokio::test]
async fn a_wrong_token_is_refused_with_the_endpoints_reason() {
    let fake = serving(Endpoint::container("plain").token("open sesame")).await;
    let provider =
        container(&fake, Endpoint::CONTAINER_PATH).authorization_token("planted").build();

    let error = provider.credentials().await.unwrap_err();

    assert!(
        error.to_string().contains("Authorization is missing, or has another token"),
        "{error}"
    );
    assert!(!format!("{error:?}").contains("planted"));
    assert_eq!(requests(&fake, "container:GetCredentials"), 1, "an error of 4xx is final");
}

/// What a fault makes of one call, and how many requests it takes.
async fn with_fault(fault: EndpointFault, times: usize) -> (Result<(), ErrorKind>, usize) {
    let fake = serving(Endpoint::container("plain")).await;
    fake.inject_at_endpoints(fault, times);
    let outcome = container(&fake, Endpoint::CONTAINER_PATH).build().credentials().await;
    let outcome = outcome.map(|_credentials| ()).map_err(|error| error.kind());
    (outcome, requests(&fake, "container:GetCredentials"))
}

#[tokio::test]
async fn no_fault_makes_credentials_of_what_is_none() {
    for fault in [
        EndpointFault::EmptyKeys,
        EndpointFault::Page,
        EndpointFault::Truncated,
        EndpointFault::NoExpiration,
    ] {
        let (outcome, _) = with_fault(fault, 100).await;
        assert_eq!(outcome, Err(ErrorKind::MalformedResponse), "{fault:?}");
    }
    assert_eq!(with_fault(EndpointFault::Status(503), 1).await, (Ok(()), 2));
    let (outcome, requests) = with_fault(EndpointFault::Status(503), 100).await;
    assert_eq!((outcome, requests), (Err(ErrorKind::ServiceUnavailable), 3));
}

#[tokio::test]
async fn an_instance_without_its_token_takes_another() {
    let fake = serving(Endpoint::instance_metadata("plain")).await;
    let provider = instance(&fake);
    provider.credentials().await.unwrap();

    // Six hours later the token is over, and the provider did not notice.
    fake.clock().advance(Duration::from_secs(6 * HOUR));
    provider.credentials().await.unwrap();

    assert_eq!(requests(&fake, "imds:GetToken"), 2);
}

#[derive(Debug)]
struct Follows(fake_sts::clock::Clock);

impl TimeSource for Follows {
    fn now(&self) -> Timestamp {
        self.0.now().into()
    }
}
