use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::error::ProvideErrorMetadata;
use aws_smithy_runtime::client::retries::RetryPartition;
use aws_types::SdkConfig;
use stscreds_aws_sdk::{SdkCache, SdkProvider, SdkSource, keep_fresh};
use stscreds_cache::CredentialsCache;
use stscreds_core::{Credentials, ErrorKind as CacheErrorKind, ManualClock};

use crate::service::{Answer, Service};
use crate::stage::{PLAIN, Stage};

/// The first session of [`sessions`], which services here do not accept.
const REVOKED: &str = "ASIASESSION1";

/// A cache whose source opens session after session, none of which expires by our clock.
fn sessions() -> (SdkCache, Arc<AtomicUsize>) {
    let opened = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&opened);
    let cache = SdkCache::new(move || {
        let number = count.fetch_add(1, Ordering::SeqCst) + 1;
        let session = Credentials::builder(format!("ASIASESSION{number}"), "planted-secret")
            .session_token("planted-token")
            .build();
        std::future::ready(Ok(session))
    });
    (cache, opened)
}

fn config_for(stage: &Stage, service: &Service) -> SdkConfig {
    stage.sdk_config().into_builder().endpoint_url(service.uri()).build()
}

/// The SDK shares one bucket of retry tokens among all clients of a service and region in a
/// process: tests beside each other would empty it for each other.
fn own_partition() -> RetryPartition {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    RetryPartition::new(format!("test-{}", NUMBER.fetch_add(1, Ordering::SeqCst)))
}

fn sqs(config: &SdkConfig, cache: &SdkCache) -> aws_sdk_sqs::Client {
    let builder = aws_sdk_sqs::config::Builder::from(config);
    aws_sdk_sqs::Client::from_conf(
        keep_fresh!(builder, cache).retry_partition(own_partition()).build(),
    )
}

fn s3(config: &SdkConfig, cache: &SdkCache) -> aws_sdk_s3::Client {
    let builder = aws_sdk_s3::config::Builder::from(config).force_path_style(true);
    aws_sdk_s3::Client::from_conf(
        keep_fresh!(builder, cache).retry_partition(own_partition()).build(),
    )
}

fn sts(config: &SdkConfig, cache: &SdkCache) -> aws_sdk_sts::Client {
    let builder = aws_sdk_sts::config::Builder::from(config);
    aws_sdk_sts::Client::from_conf(
        keep_fresh!(builder, cache).retry_partition(own_partition()).build(),
    )
}

const JSON: &str = "application/x-amz-json-1.0";
const NO_QUEUES: Answer = Answer { status: 200, content_type: JSON, body: "{}" };
const JSON_EXPIRED: Answer = Answer {
    status: 400,
    content_type: JSON,
    body: r#"{"__type":"com.amazon.coral.service#ExpiredTokenException","message":"The security token included in the request is expired"}"#,
};
const JSON_DENIED: Answer = Answer {
    status: 400,
    content_type: JSON,
    body: r#"{"__type":"com.amazon.coral.service#AccessDeniedException","message":"not for you, ExpiredToken or not"}"#,
};

const XML: &str = "application/xml";
const AN_OBJECT: Answer = Answer { status: 200, content_type: "text/plain", body: "as it is" };
const XML_EXPIRED: Answer = Answer {
    status: 400,
    content_type: XML,
    body: r#"<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message><RequestId>R1</RequestId></Error>"#,
};
const XML_INVALID: Answer = Answer {
    status: 400,
    content_type: XML,
    body: "<Error><Code>InvalidToken</Code><Message>The provided token is malformed or otherwise invalid.</Message></Error>",
};

fn refusing(
    refusal: Answer,
    welcome: Answer,
) -> impl Fn(&str) -> Answer + Clone + Send + Sync + 'static {
    move |signer: &str| if signer == REVOKED { refusal } else { welcome }
}

#[tokio::test]
async fn a_session_that_sts_calls_expired_is_replaced_and_the_request_repeated_once() {
    let stage = Stage::set().await;
    // Our clock stands still, so that the cache cannot know.
    let still = ManualClock::at(stage.clock().now());
    let role = stage.assume(PLAIN).build();
    let cache = SdkCache::configured(role, |cache| cache.clock(still));
    let client = sts(&stage.sdk_config(), &cache);
    client.get_caller_identity().send().await.unwrap();
    let before = stage.call_count();

    stage.advance(901);
    client.get_caller_identity().send().await.unwrap();

    let calls: Vec<_> = stage.calls().split_off(before);
    let seen: Vec<_> = calls.iter().map(|c| (c.operation.as_str(), c.code())).collect();
    assert_eq!(
        seen,
        [
            ("GetCallerIdentity", Some("ExpiredToken")),
            ("AssumeRole", None),
            ("GetCallerIdentity", None),
        ]
    );
}

#[tokio::test]
async fn a_session_that_stays_expired_costs_one_extra_attempt_and_no_more() {
    let stage = Stage::set().await;
    let expired = stage.assume(PLAIN).build();
    let expired = stscreds_core::CredentialsProvider::credentials(&expired).await.unwrap();
    stage.advance(901);
    let still = ManualClock::at(expired_at_least_by(&expired));
    let cache = SdkCache::configured(expired, |cache| cache.clock(still));
    let client = sts(&stage.sdk_config(), &cache);
    let before = stage.call_count();

    let error = client.get_caller_identity().send().await.unwrap_err();

    assert_eq!(error.code(), Some("ExpiredToken"));
    assert_eq!(stage.call_count() - before, 2);
}

/// Long before the credentials expire.
fn expired_at_least_by(credentials: &Credentials) -> stscreds_core::Timestamp {
    stscreds_core::Expires::expires_at(credentials).unwrap() - std::time::Duration::from_secs(900)
}

#[tokio::test]
async fn a_json_service_that_refuses_the_session_gets_the_next_one() {
    let stage = Stage::set().await;
    let service = Service::start(stage.clock(), refusing(JSON_EXPIRED, NO_QUEUES)).await;
    let (cache, opened) = sessions();

    sqs(&config_for(&stage, &service), &cache).list_queues().send().await.unwrap();

    assert_eq!(service.signers(), [REVOKED, "ASIASESSION2"]);
    assert_eq!(opened.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn an_xml_service_that_refuses_the_session_gets_the_next_one() {
    for refusal in [XML_EXPIRED, XML_INVALID] {
        let stage = Stage::set().await;
        let service = Service::start(stage.clock(), refusing(refusal, AN_OBJECT)).await;
        let (cache, opened) = sessions();
        let client = s3(&config_for(&stage, &service), &cache);

        // An operation whose body streams: it is on the wire until somebody reads it.
        let object = client.get_object().bucket("b").key("k").send().await.unwrap();

        assert_eq!(object.body.collect().await.unwrap().to_vec(), b"as it is");
        assert_eq!(service.signers(), [REVOKED, "ASIASESSION2"]);
        assert_eq!(opened.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test]
async fn a_service_that_refuses_every_session_is_asked_twice() {
    let stage = Stage::set().await;
    let service = Service::start(stage.clock(), |_| XML_EXPIRED).await;
    let (cache, _) = sessions();
    let client = s3(&config_for(&stage, &service), &cache);

    let error = client.get_object().bucket("b").key("k").send().await.unwrap_err();

    assert_eq!(error.code(), Some("ExpiredToken"));
    assert_eq!(service.signers(), [REVOKED, "ASIASESSION2"]);

    let service = Service::start(stage.clock(), |_| JSON_EXPIRED).await;
    let error = sqs(&config_for(&stage, &service), &cache).list_queues().send().await.unwrap_err();

    assert_eq!(error.code(), Some("ExpiredTokenException"));
    assert_eq!(service.signers().len(), 2);
}

/// An opt-in region for tokens of the global endpoint: without damping, two sessions for
/// each request.
#[tokio::test]
async fn a_service_that_refuses_every_session_opens_fifteen_in_a_thousand_requests_of_an_hour() {
    let stage = Stage::set().await;
    let service = Service::start(stage.clock(), |_| XML_INVALID).await;
    let role = stage.assume(PLAIN).build();
    let clock = stage.clock();
    let cache = SdkCache::configured(role, |cache| cache.clock(clock).chance(|| 0.5));
    let client = s3(&config_for(&stage, &service), &cache);

    for number in 0..1_000 {
        let sent = client.get_object().bucket("bucket").key("key").send().await;
        assert_eq!(sent.unwrap_err().code(), Some("InvalidToken"));
        // 3.6 s on average.
        stage.advance(if number % 5 < 3 { 4 } else { 3 });
    }

    assert_eq!(stage.call_count(), 15, "calls of AssumeRole");
    assert_eq!(cache.stats().failures[&CacheErrorKind::RejectedByService], 14);
    // The quota of the SDK lets a hundred requests be repeated.
    assert_eq!(service.signers().len(), 1_000 + 100);
}

/// The usual way from a `CredentialsCache` to a client of the SDK. Each refresh of the outer
/// cache brought the rejected session again.
#[tokio::test]
async fn a_cache_over_a_cache_heals_in_one_request() {
    let stage = Stage::set().await;
    let service = Service::start(stage.clock(), refusing(JSON_EXPIRED, NO_QUEUES)).await;
    let (innermost, opened) = sessions();
    let inner = CredentialsCache::new(innermost);
    let cache = SdkCache::new(inner);

    let client = sqs(&config_for(&stage, &service), &cache);
    client.list_queues().send().await.unwrap();

    assert_eq!(service.signers(), [REVOKED, "ASIASESSION2"]);
    assert_eq!(opened.load(Ordering::SeqCst), 2);
}

/// Through the SDK's trait and back.
#[tokio::test]
async fn a_rejection_reaches_our_caches_behind_sdk_source() {
    let directly = |inner: SdkCache| CredentialsCache::new(SdkSource::new(inner));
    let through_a_provider = |inner: SdkCache| {
        CredentialsCache::new(SdkSource::new(SdkProvider::new(CredentialsCache::new(inner))))
    };
    for over in [directly as fn(SdkCache) -> CredentialsCache, through_a_provider] {
        let (inner, opened) = sessions();
        let outer = over(inner);
        outer.credentials().await.unwrap();

        outer.invalidate_if(REVOKED);

        assert_eq!(outer.credentials().await.unwrap().access_key_id(), "ASIASESSION2");
        assert_eq!(opened.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_requests_refused_with_one_session_open_one_other() {
    let stage = Stage::set().await;
    let service = Service::start(stage.clock(), refusing(JSON_EXPIRED, NO_QUEUES)).await;
    let (cache, opened) = sessions();
    // A quota of retries of its own: clients of one service and region share theirs.
    let builder = aws_sdk_sqs::config::Builder::from(&config_for(&stage, &service))
        .retry_partition(RetryPartition::new("a hundred requests"));
    let client = aws_sdk_sqs::Client::from_conf(
        keep_fresh!(builder, cache).retry_partition(own_partition()).build(),
    );
    cache.credentials().await.unwrap();

    // As many as that quota lets be repeated at one time.
    let requests: Vec<_> = (0..100)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.list_queues().send().await.unwrap() })
        })
        .collect();
    for request in requests {
        request.await.unwrap();
    }

    assert_eq!(opened.load(Ordering::SeqCst), 2);
    assert!(service.signers().iter().all(|key| key == REVOKED || key == "ASIASESSION2"));
}

#[tokio::test]
async fn a_denial_is_neither_repeated_nor_held_against_the_session() {
    let stage = Stage::set().await;
    let service = Service::start(stage.clock(), |_| JSON_DENIED).await;
    let (cache, opened) = sessions();
    let client = sqs(&config_for(&stage, &service), &cache);

    client.list_queues().send().await.unwrap_err();
    client.list_queues().send().await.unwrap_err();

    assert_eq!(service.signers(), [REVOKED, REVOKED]);
    assert_eq!(opened.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn without_retries_the_next_request_is_the_one_that_succeeds() {
    let stage = Stage::set().await;
    let service = Service::start(stage.clock(), refusing(JSON_EXPIRED, NO_QUEUES)).await;
    let (cache, _) = sessions();
    let config = config_for(&stage, &service).into_builder();
    let client = sqs(&config.retry_config(RetryConfig::disabled()).build(), &cache);

    client.list_queues().send().await.unwrap_err();
    client.list_queues().send().await.unwrap();

    assert_eq!(service.signers(), [REVOKED, "ASIASESSION2"]);
}

#[tokio::test]
async fn what_was_signed_with_other_credentials_leaves_the_cache_alone() {
    let stage = Stage::set().await;
    let service = Service::start(stage.clock(), |_| JSON_EXPIRED).await;
    let (cache, opened) = sessions();
    cache.credentials().await.unwrap();
    let others = aws_sdk_sqs::config::Credentials::new("AKIAOTHER", "s", None, None, "other");
    let others = aws_sdk_sqs::config::Config::builder().credentials_provider(others);

    let client = sqs(&config_for(&stage, &service), &cache);
    client.list_queues().customize().config_override(others).send().await.unwrap_err();
    cache.credentials().await.unwrap();

    assert_eq!(service.signers(), ["AKIAOTHER", "AKIAOTHER"]);
    assert_eq!(opened.load(Ordering::SeqCst), 1);
}
