//! `GetScopedCredentials` over the SDK. `stscreds-http` runs the same file over plain HTTP.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fake_sts::fault::Fault;
use serde_json::json;
use stscreds_cache::{CredentialsCache, RefreshPolicy};
use stscreds_core::{Credentials, CredentialsProvider, Error, ErrorKind, ProviderSource};
use stscreds_provider::{
    MinimumSessionTokenSize, ScopedCredentialsProvider, ScopedDuration, ScopedLifetime,
    ScopedPolicy, SessionDuration,
};

use crate::stage::{KEY_ID, PLAIN, SECRET, Stage, WORKER};

const SESSION: &str = "arn:aws:sts::444455556666:assumed-role/worker/run";

fn seconds(seconds: u64) -> ScopedDuration {
    Duration::from_secs(seconds).try_into().unwrap()
}

/// Sessions of the worker that last so long, kept fresh.
fn parent_of(stage: &Stage, lifetime: u64, policy: RefreshPolicy) -> CredentialsCache {
    let lifetime = SessionDuration::try_from(Duration::from_secs(lifetime)).unwrap();
    let role = stage.assume(WORKER).session_name("run".parse().unwrap()).duration(lifetime);
    CredentialsCache::builder(role.build()).clock(stage.clock()).policy(policy).build()
}

fn parent(stage: &Stage) -> CredentialsCache {
    parent_of(stage, 3600, RefreshPolicy::default())
}

fn allow(actions: &[&str]) -> ScopedPolicy {
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": actions, "Resource": "*"}]});
    policy.to_string().parse().unwrap()
}

fn read_only() -> ScopedPolicy {
    allow(&["s3:GetObject"])
}

fn scoped(stage: &Stage, parent: impl CredentialsProvider + 'static) -> ScopedCredentialsProvider {
    ScopedCredentialsProvider::with_policy(stage.signed_by(parent), read_only())
        .clock(stage.clock())
        .build()
}

fn calls_of(stage: &Stage, operation: &str) -> usize {
    stage.calls().iter().filter(|call| call.operation == operation).count()
}

/// How often STS was asked for scoped credentials.
fn mints(stage: &Stage) -> usize {
    calls_of(stage, "GetScopedCredentials")
}

#[tokio::test]
async fn a_policy_narrows_the_session_that_signs_and_nothing_else_changes() {
    let stage = Stage::set().await;
    let parent = parent(&stage);

    let credentials = scoped(&stage, parent.clone()).credentials().await.unwrap();

    let whole = parent.credentials().await.unwrap();
    assert_eq!(credentials.expires_at(), whole.expires_at());
    assert_ne!(credentials.access_key_id(), whole.access_key_id());
    assert_eq!(credentials.account_id(), Some("444455556666"));
    assert_eq!(credentials.provider_name(), "ScopedCredentialsProvider");
    let sources = credentials.provider_sources();
    assert!(
        sources.ends_with(&[ProviderSource::AssumeRole, ProviderSource::ScopedCredentials]),
        "{sources:?}"
    );
    assert_eq!(stage.identity_of(&credentials).await, SESSION);
    assert_eq!(calls_of(&stage, "AssumeRole"), 1);
}

#[tokio::test]
async fn every_parameter_is_sent_and_no_other() {
    let stage = Stage::set().await;
    let policy = allow(&["s3:GetObject"]);
    let sts = stage.signed_by(parent(&stage));
    let provider = ScopedCredentialsProvider::with_policy(sts, policy.clone())
        .lifetime(ScopedLifetime::Exactly(seconds(900)))
        .description("agent run 7 + more".parse().unwrap())
        .minimum_session_token_size(MinimumSessionTokenSize::try_from(2000).unwrap())
        .clock(stage.clock())
        .build();

    let credentials = provider.credentials().await.unwrap();

    assert!(credentials.session_token().unwrap().expose().len() >= 2000);
    let calls = stage.calls();
    let mut sent = calls.last().unwrap().parameters.clone();
    sent.sort();
    let wanted = [
        ("DurationSeconds", "900"),
        ("MinimumSessionTokenSize", "2000"),
        ("Policy", policy.as_str()),
        ("ScopedSessionDescription", "agent run 7 + more"),
    ];
    assert_eq!(sent, wanted.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test]
async fn a_duration_alone_shortens() {
    let stage = Stage::set().await;
    let now = stage.clock().now();
    let sts = stage.signed_by(parent(&stage));

    let provider = ScopedCredentialsProvider::with_duration(sts, seconds(60));
    let credentials = provider.clock(stage.clock()).build().credentials().await.unwrap();

    assert_eq!(credentials.expires_at(), Some(now + Duration::from_secs(60)));
    assert!(stage.calls().last().unwrap().parameter("Policy").is_none());
    let last = credentials.provider_sources().last().copied();
    assert_eq!(last, Some(ProviderSource::ScopedLifetime));
}

#[tokio::test]
async fn long_term_keys_are_refused_before_anything_is_sent() {
    let stage = Stage::set().await;

    let error = scoped(&stage, Credentials::new(KEY_ID, SECRET)).credentials().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
    assert!(error.to_string().contains("put a SessionTokenProvider between"), "{error}");
    assert_eq!(stage.call_count(), 0);
}

#[tokio::test]
async fn a_parent_that_ends_too_early_is_an_error_only_if_the_duration_must_be_exact() {
    let stage = Stage::set().await;
    let whole = parent(&stage).credentials().await.unwrap();
    stage.advance(3000);
    let with = |lifetime| {
        ScopedCredentialsProvider::with_policy(stage.signed_by(whole.clone()), read_only())
            .lifetime(lifetime)
            .clock(stage.clock())
            .build()
    };

    let error = with(ScopedLifetime::Exactly(seconds(3600))).credentials().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DurationNotAllowed);
    assert_eq!(error.sts_code(), Some("InsufficientSessionLifetime"));
    assert_eq!(mints(&stage), 1);

    let shorter = with(ScopedLifetime::AtMost(seconds(3600))).credentials().await.unwrap();
    assert_eq!(shorter.expires_at(), whole.expires_at());
    assert_eq!(mints(&stage), 2, "one more call, without a duration");
    assert!(stage.calls().last().unwrap().parameter("DurationSeconds").is_none());
}

#[tokio::test]
async fn three_policies_bind_and_a_fourth_is_refused_before_anything_is_sent() {
    let stage = Stage::set().await;
    let narrow = |source: &CredentialsCache| {
        let policy = allow(&["sts:GetScopedCredentials", "s3:GetObject"]);
        let sts = stage.signed_by(source.clone());
        let provider = ScopedCredentialsProvider::with_policy(sts, policy).clock(stage.clock());
        CredentialsCache::builder(provider.build()).clock(stage.clock()).build()
    };
    let third = narrow(&narrow(&narrow(&parent(&stage))));
    third.credentials().await.unwrap();
    assert_eq!(mints(&stage), 3);

    let error = narrow(&third).credentials().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
    assert_eq!(mints(&stage), 3);

    let sts = stage.signed_by(third);
    let shorter = ScopedCredentialsProvider::with_duration(sts, seconds(60));
    shorter.clock(stage.clock()).build().credentials().await.unwrap();
}

#[tokio::test]
async fn a_session_without_permission_is_denied_and_the_error_names_the_action() {
    let stage = Stage::set().await;
    let plain = CredentialsCache::builder(stage.assume(PLAIN).build()).clock(stage.clock()).build();

    let error = scoped(&stage, plain).credentials().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert!(error.to_string().contains("permission for sts:GetScopedCredentials"), "{error}");
    assert_eq!(mints(&stage), 1, "a denial is not tried again");
}

#[tokio::test]
async fn throttling_is_tried_again() {
    let stage = Stage::set().await;
    let _fault = stage.fake.inject(Fault::error("Throttling").on("GetScopedCredentials").times(2));

    scoped(&stage, parent(&stage)).credentials().await.unwrap();

    assert_eq!(mints(&stage), 3);
}

#[tokio::test]
async fn an_endpoint_without_the_operation_is_named_as_one() {
    let stage = Stage::set().await;
    stage.fake.patch_world(&json!({"switches": {"scoped_credentials": "unknown"}})).unwrap();

    let error = scoped(&stage, parent(&stage)).credentials().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
    assert!(error.to_string().contains("use one of a region"), "{error}");
}

#[tokio::test]
async fn without_a_parent_they_are_served_to_their_end_and_then_its_error_is() {
    let stage = Stage::set().await;
    let (session, is_gone) =
        (parent(&stage).credentials().await.unwrap(), Arc::new(AtomicBool::new(false)));
    let gone = Arc::clone(&is_gone);
    let source = move || {
        let gone = gone.load(Ordering::SeqCst);
        let denied = || Error::new(ErrorKind::AccessDenied, "the role is gone");
        std::future::ready(if gone { Err(denied()) } else { Ok(session.clone()) })
    };
    let cache = CredentialsCache::builder(scoped(&stage, source)).clock(stage.clock()).build();
    let before = cache.credentials().await.unwrap();
    is_gone.store(true, Ordering::SeqCst);

    stage.advance(3599);
    let still = cache.credentials().await.unwrap();
    assert_eq!(still.access_key_id(), before.access_key_id());

    stage.advance(1);
    let text = cache.credentials().await.unwrap_err().to_string();
    assert!(text.contains("no credentials to sign GetScopedCredentials with"), "{text}");
    assert!(text.contains("the role is gone"), "{text}");
    assert_eq!(mints(&stage), 1);
}

#[tokio::test]
async fn two_tasks_at_once_make_one_call() {
    let stage = Stage::set().await;
    let cache = CredentialsCache::builder(scoped(&stage, parent(&stage))).clock(stage.clock());
    let cache = cache.build();

    let (first, second) = tokio::join!(cache.credentials(), cache.credentials());

    assert_eq!(first.unwrap().access_key_id(), second.unwrap().access_key_id());
    assert_eq!(mints(&stage), 1);
}

#[tokio::test]
async fn no_secret_is_printed() {
    let stage = Stage::set().await;
    let parent = parent(&stage);
    let provider = scoped(&stage, parent.clone());
    let credentials = provider.credentials().await.unwrap();

    let shown = format!("{provider:?} {credentials:?}");

    for credentials in [credentials, parent.credentials().await.unwrap()] {
        assert!(!shown.contains(credentials.secret_access_key().expose()));
        assert!(!shown.contains(credentials.session_token().unwrap().expose()));
    }
    assert!(shown.contains("s3:GetObject"), "a policy is no secret: {shown}");
}

/// A day's work of a cache before a parent that lives for 15 minutes: each reads, a minute
/// passes, and what was begun ends.
async fn work(policy: fn() -> RefreshPolicy, lifetime: ScopedLifetime) {
    let stage = Stage::set().await;
    let parent = parent_of(&stage, 900, policy());
    let provider =
        ScopedCredentialsProvider::with_policy(stage.signed_by(parent.clone()), read_only())
            .lifetime(lifetime)
            .clock(stage.clock())
            .build();
    let cache = CredentialsCache::builder(provider).clock(stage.clock()).policy(policy()).build();

    for _ in 0..12 * 60 * 2 {
        let credentials = cache.credentials().await.unwrap();
        assert!(credentials.expires_at().unwrap() > stage.clock().now(), "never an expired one");
        while cache.stats().is_refreshing || parent.stats().is_refreshing {
            tokio::task::yield_now().await;
        }
        stage.advance(30);
    }

    let (mints, renewals) = (mints(&stage), calls_of(&stage, "AssumeRole"));
    assert!(mints <= renewals + 1, "{mints} calls for scoped credentials, {renewals} parents");
    assert!((48..=144).contains(&renewals), "{renewals} sessions of 15 minutes in 12 hours");
}

#[tokio::test]
async fn in_twelve_hours_each_session_of_the_parent_is_scoped_down_once() {
    for lifetime in [ScopedLifetime::Inherit, ScopedLifetime::AtMost(seconds(1200))] {
        work(RefreshPolicy::default, lifetime).await;
        work(RefreshPolicy::aws_sdk, lifetime).await;
    }
}
