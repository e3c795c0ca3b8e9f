//! `object_store` at the object store of the fake, with the credentials of a cache.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]
#![allow(
    clippy::disallowed_methods,
    reason = "the fake begins at the time of the client's signatures"
)]

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use fake_sts::FakeSts;
use fake_sts::standard::{ALICE_ACCESS_KEY_ID, ALICE_SECRET_ACCESS_KEY};
use fake_sts::world::Role;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{CredentialProvider as _, ObjectStoreExt as _, RetryConfig};
use serde_json::{Value, json};
use stscreds_cache::policy::Jitter;
use stscreds_cache::{CredentialsCache, RefreshPolicy};
use stscreds_core::{Clock, Credentials, CredentialsProvider, TimeSource, Timestamp};
use stscreds_http::{EndpointSettings, StsHttpClient};
use stscreds_object_store::ObjectStoreCredentials;
use stscreds_provider::{AssumeRoleProvider, ScopedCredentialsProvider};

const ROLE: &str = "arn:aws:iam::111122223333:role/storage";
const HOUR: Duration = Duration::from_secs(3600);

fn allow(actions: &[&str]) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": actions, "Resource": "*"}]})
}

/// A fake with a role that may do everything with S3, on a clock that stands until it is moved.
///
/// The client of the object store signs by the clock of the machine, so signatures of any time are taken.
async fn start() -> Arc<FakeSts> {
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}]});
    let role = Role::new("storage")
        .trust_policy(trust)
        .policy("storage", allow(&["s3:*", "sts:GetScopedCredentials"]));
    let fake = FakeSts::builder().clock_frozen_at(SystemTime::now()).add_role(role).start().await;
    let fake = fake.unwrap();
    fake.patch_world(&json!({"switches": {"signature_window": 1_000_000}})).unwrap();
    Arc::new(fake)
}

fn clock(fake: &FakeSts) -> Clock {
    Clock::custom(Follows(fake.clock().clone()))
}

fn sts(fake: &FakeSts, keys: impl CredentialsProvider + 'static) -> StsHttpClient {
    let endpoint = EndpointSettings::new("eu-central-1").url(fake.uri()).resolve().unwrap();
    let http = StsHttpClient::builder(endpoint, stscreds_transport::HyperClient::new());
    http.credentials(keys).clock(clock(fake)).build()
}

/// Sessions of the role that last an hour, kept fresh.
fn cache(fake: &FakeSts) -> CredentialsCache {
    let alice = Credentials::new(ALICE_ACCESS_KEY_ID, ALICE_SECRET_ACCESS_KEY);
    let role = AssumeRoleProvider::builder(sts(fake, alice), ROLE.parse().unwrap())
        .duration(HOUR.try_into().unwrap())
        .build();
    // No jitter, so that calls are counted exactly.
    let mut policy = RefreshPolicy::default();
    policy.jitter = Jitter::Earlier(0.0);
    CredentialsCache::builder(role).clock(clock(fake)).policy(policy).build()
}

fn calls(fake: &FakeSts, operation: &str) -> usize {
    fake.journal().calls().iter().filter(|call| call.operation == operation).count()
}

#[derive(Debug)]
struct Follows(fake_sts::clock::Clock);

impl TimeSource for Follows {
    fn now(&self) -> Timestamp {
        self.0.now().into()
    }
}

/// The client of one bucket of the fake, that repeats nothing.
fn store_with(fake: &FakeSts, credentials: Arc<ObjectStoreCredentials>) -> AmazonS3 {
    let retries = RetryConfig { max_retries: 0, ..RetryConfig::default() };
    AmazonS3Builder::new()
        .with_endpoint(format!("{}/_fake-sts/resource/s3", fake.uri()))
        .with_allow_http(true)
        .with_bucket_name("logs")
        .with_region("eu-central-1")
        .with_retry(retries)
        .with_credentials(credentials)
        .build()
        .unwrap()
}

fn store(fake: &FakeSts, cache: CredentialsCache) -> AmazonS3 {
    store_with(fake, Arc::new(ObjectStoreCredentials::new(cache)))
}

async fn write(s3: &AmazonS3, key: &str) -> object_store::Result<()> {
    s3.put(&Path::from(key), "hello".into()).await.map(|_result| ())
}

async fn read(s3: &AmazonS3, key: &str) -> object_store::Result<Vec<u8>> {
    Ok(s3.get(&Path::from(key)).await?.bytes().await?.to_vec())
}

#[tokio::test]
async fn reads_and_writes_go_on_through_three_expiries() {
    let fake = start().await;
    let cache = cache(&fake);
    let s3 = store(&fake, cache.clone());

    // More than three hours in steps of a minute, each with a read that is in flight as time passes.
    for minute in 0..200 {
        write(&s3, &format!("minute/{minute}")).await.unwrap();
        let key = format!("minute/{minute}");
        let read = read(&s3, &key);
        let pass = async { fake.clock().advance(Duration::from_secs(60)) };
        let (body, ()) = tokio::join!(read, pass);
        assert_eq!(body.unwrap(), b"hello");
        while cache.stats().is_refreshing {
            tokio::task::yield_now().await;
        }
    }

    assert_eq!(
        calls(&fake, "s3:PutObject") + calls(&fake, "s3:GetObject"),
        400,
        "none was repeated"
    );
    assert_eq!(calls(&fake, "AssumeRole"), usize::try_from(cache.stats().refreshes).unwrap());
    assert_eq!(calls(&fake, "AssumeRole"), 5, "each is replaced well before its hour is over");
}

#[tokio::test]
async fn a_revoked_session_is_replaced_after_one_rejection() {
    let fake = start().await;
    let credentials = Arc::new(ObjectStoreCredentials::new(cache(&fake)));
    let s3 = store_with(&fake, Arc::clone(&credentials));
    write(&s3, "a").await.unwrap();
    let key = fake.journal().calls().pop().unwrap().access_key_id.unwrap();
    fake.revoke_access_key(&key).unwrap();

    let error = read(&s3, "a").await.unwrap_err();
    assert!(credentials.reject_if_expired(&error), "{error}");
    assert_eq!(read(&s3, "a").await.unwrap(), b"hello");
    assert_eq!(calls(&fake, "AssumeRole"), 2);
}

#[tokio::test]
async fn scoped_credentials_are_denied_what_they_may_not_do() {
    let fake = start().await;
    let whole = cache(&fake);
    write(&store(&fake, whole.clone()), "a").await.unwrap();
    let policy = allow(&["s3:GetObject"]).to_string().parse().unwrap();
    let scoped = ScopedCredentialsProvider::with_policy(sts(&fake, whole), policy);
    let scoped = scoped.clock(clock(&fake)).build();
    let scoped = CredentialsCache::builder(scoped).clock(clock(&fake)).build();
    let credentials = Arc::new(ObjectStoreCredentials::new(scoped));
    let s3 = store_with(&fake, Arc::clone(&credentials));

    assert_eq!(read(&s3, "a").await.unwrap(), b"hello");
    let error = write(&s3, "b").await.unwrap_err();
    assert!(!credentials.reject_if_expired(&error), "a denial is no rejection: {error}");
    let denied =
        fake.journal().calls().into_iter().find(|call| call.code() == Some("AccessDenied"));
    assert_eq!(denied.unwrap().operation, "s3:PutObject");
}

#[tokio::test]
async fn what_is_made_of_a_session_is_made_once() {
    let fake = start().await;
    let credentials = ObjectStoreCredentials::new(cache(&fake));

    let first = credentials.get_credential().await.unwrap();
    let second = credentials.get_credential().await.unwrap();
    fake.clock().advance(HOUR);
    let other = credentials.get_credential().await.unwrap();

    assert!(Arc::ptr_eq(&first, &second));
    assert_ne!(first.key_id, other.key_id);
    assert!(!format!("{credentials:?}").contains(&other.secret_key));
}
