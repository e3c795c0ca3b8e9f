use std::collections::HashSet;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_sts::Client;
use stscreds_aws_sdk::{SdkCache, SdkProvider, SdkSource};
use stscreds_cache::CredentialsCache;
use stscreds_cache::event::Happening;
use stscreds_core::{Credentials, CredentialsProvider, ErrorKind};
use tokio::sync::Notify;

use crate::stage::{DEVICE, GUARDED, PLAIN, Stage};

fn cached(stage: &Stage, provider: impl CredentialsProvider + 'static) -> SdkCache {
    SdkCache::configured(provider, |cache| cache.clock(stage.clock()).chance(|| 0.0))
}

/// A client that has both halves of the cache.
fn client_of(stage: &Stage, cache: &SdkCache) -> Client {
    Client::new(&cache.wired_into(&stage.sdk_config()))
}

fn assumptions(stage: &Stage) -> usize {
    stage.calls().iter().filter(|call| call.operation == "AssumeRole").count()
}

/// What the future yields at its first poll: nothing if it waits.
fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// Lets the flight that is under way arrive.
async fn arrival_of_another(cache: &SdkCache, old: &Credentials) -> Credentials {
    loop {
        let credentials = cache.credentials().await.unwrap();
        if !credentials.ptr_eq(old) {
            return credentials;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_tasks_on_an_empty_cache_make_one_call() {
    let stage = Stage::set().await;
    let code = stage.mfa_codes();
    let guarded =
        stage.assume(GUARDED).mfa(DEVICE.parse().unwrap(), move |_| std::future::ready(code()));
    let cache = cached(&stage, guarded.build());

    let tasks: Vec<_> = (0..1_000)
        .map(|_| {
            let cache = cache.clone();
            tokio::spawn(async move { cache.credentials().await.unwrap() })
        })
        .collect();
    let mut keys = HashSet::new();
    for task in tasks {
        keys.insert(task.await.unwrap().access_key_id().to_owned());
    }

    assert_eq!((keys.len(), assumptions(&stage)), (1, 1));
}

#[tokio::test]
async fn in_the_refresh_window_nobody_waits_and_one_call_is_made() {
    let stage = Stage::set().await;
    let cache = cached(&stage, stage.assume(PLAIN).build());
    let old = cache.credentials().await.unwrap();

    // 15 minutes of life: due 5 minutes before the end, and up to a quarter of that earlier by chance, of which there is none here.
    stage.advance(599);
    assert!(at_once(cache.credentials()).unwrap().unwrap().ptr_eq(&old));
    tokio::task::yield_now().await;
    assert_eq!(assumptions(&stage), 1, "not due yet");

    stage.advance(1);
    for _ in 0..1_000 {
        assert!(at_once(cache.credentials()).unwrap().unwrap().ptr_eq(&old));
    }
    let new = arrival_of_another(&cache, &old).await;

    assert_eq!(assumptions(&stage), 2);
    assert!(new.expires_at() > old.expires_at());
}

#[tokio::test]
async fn in_the_last_minute_callers_wait_for_the_one_call() {
    let stage = Stage::set().await;
    let cache = cached(&stage, stage.assume(PLAIN).build());
    let old = cache.credentials().await.unwrap();

    stage.advance(841);
    assert!(at_once(cache.credentials()).is_none(), "somebody waits");
    let (one, other) = tokio::join!(cache.credentials(), cache.credentials());

    assert!(!one.as_ref().unwrap().ptr_eq(&old));
    assert!(one.unwrap().ptr_eq(&other.unwrap()));
    assert_eq!(assumptions(&stage), 2);
}

#[tokio::test]
async fn an_sdk_client_signs_with_what_the_cache_holds_and_sees_an_invalidation() {
    let stage = Stage::set().await;
    let cache = cached(&stage, stage.assume(PLAIN).build());
    let client = client_of(&stage, &cache);
    let signer = || stage.calls().last().unwrap().access_key_id.clone().unwrap();

    client.get_caller_identity().send().await.unwrap();
    client.get_caller_identity().send().await.unwrap();
    let first = signer();
    assert_eq!(first, cache.credentials().await.unwrap().access_key_id());
    assert_eq!(assumptions(&stage), 1);

    cache.invalidate_if("ASIASOMETHINGELSE000");
    client.get_caller_identity().send().await.unwrap();
    assert_eq!(signer(), first, "another key was meant");

    cache.invalidate_if(&first);
    client.get_caller_identity().send().await.unwrap();
    assert_ne!(signer(), first);
    assert_eq!(assumptions(&stage), 2);
}

/// A cache whose source begins when it says so and answers when it is told to.
fn parked() -> (SdkCache, Arc<Notify>, Arc<Notify>) {
    let (begun, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (begins, may_answer) = (Arc::clone(&begun), Arc::clone(&answer));
    let cache = SdkCache::new(move || {
        let (begins, may_answer) = (Arc::clone(&begins), Arc::clone(&may_answer));
        async move {
            begins.notify_one();
            may_answer.notified().await;
            let session = Credentials::builder("ASIAEXAMPLE", "secret").session_token("token");
            Ok(session.build())
        }
    });
    (cache, begun, answer)
}

#[tokio::test]
async fn an_operation_that_is_dropped_while_it_waits_takes_nothing_with_it() {
    let stage = Stage::set().await;
    let (cache, begun, answer) = parked();
    let client = client_of(&stage, &cache);
    let follower = tokio::spawn({
        let cache = cache.clone();
        async move {
            tokio::task::yield_now().await;
            cache.credentials().await
        }
    });

    tokio::select! {
        biased;
        _ = client.get_caller_identity().send() => panic!("there is nothing to sign with"),
        () = begun.notified() => {}
    }
    tokio::select! {
        biased;
        _ = cache.provide_credentials() => panic!("there is nothing to provide"),
        () = std::future::ready(()) => {}
    }
    answer.notify_one();

    assert_eq!(follower.await.unwrap().unwrap().access_key_id(), "ASIAEXAMPLE");
    assert_eq!(cache.stats().refreshes, 1);
    assert!(!cache.stats().is_refreshing);
}

#[tokio::test]
async fn the_credentials_provider_alone_is_enough() {
    let stage = Stage::set().await;
    let cache = cached(&stage, stage.assume(PLAIN).build());
    let config = stage
        .sdk_config()
        .into_builder()
        .credentials_provider(aws_sdk_sts::config::SharedCredentialsProvider::new(cache.clone()));

    let client = Client::new(&config.build());
    client.get_caller_identity().send().await.unwrap();

    assert_eq!(assumptions(&stage), 1);
}

#[tokio::test]
async fn a_hit_of_the_sdks_own_trait_is_ready_at_once() {
    let stage = Stage::set().await;
    let cache = cached(&stage, stage.assume(PLAIN).build());
    let ours = cache.credentials().await.unwrap();

    let sdk = at_once(cache.provide_credentials()).unwrap().unwrap();

    assert_eq!(sdk.access_key_id(), ours.access_key_id());
    assert_eq!(sdk.account_id().unwrap().as_str(), "444455556666");
    assert_eq!(sdk.expiry().map(Into::into), ours.expires_at());
}

#[tokio::test]
async fn whoever_cannot_wait_reads_what_is_there_and_whoever_listens_is_told() {
    let stage = Stage::set().await;
    let cache = cached(&stage, stage.assume(PLAIN).build());
    let mut events = cache.subscribe();
    assert!(cache.peek().is_none());
    assert!(cache.with(|_| ()).is_none());

    let credentials = cache.credentials().await.unwrap();

    assert!(cache.peek().unwrap().ptr_eq(&credentials));
    assert_eq!(cache.with(|read| read.ptr_eq(&credentials)), Some(true));
    let told = [events.next().await.unwrap(), events.next().await.unwrap()];
    assert!(matches!(told[0].happening, Happening::RefreshStarted));
    assert!(matches!(told[1].happening, Happening::RefreshSucceeded { .. }));
    stage.advance(900);
    assert!(cache.peek().is_none(), "expired");
}

#[tokio::test]
async fn a_provider_of_the_sdk_is_a_source_of_ours_and_back() {
    let stage = Stage::set().await;
    let theirs = stage.sdk_config().credentials_provider().unwrap();

    let ours = CredentialsCache::new(SdkSource::new(theirs));
    let back = SdkProvider::new(ours).provide_credentials().await.unwrap();

    assert_eq!(back.access_key_id(), crate::stage::KEY_ID);
}

#[tokio::test]
async fn an_error_of_ours_comes_through_the_sdk_as_it_went_in() {
    let stage = Stage::set().await;
    let denied = stage.assume("arn:aws:iam::444455556666:role/nowhere").build();
    let through = SdkSource::new(SdkProvider::new(denied));

    let error = through.credentials().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert_eq!(error.role_arn(), Some("arn:aws:iam::444455556666:role/nowhere"));
}

#[tokio::test]
async fn an_operation_that_cannot_be_signed_says_why() {
    let stage = Stage::set().await;
    let denied = stage.assume("arn:aws:iam::444455556666:role/nowhere").build();
    let client = client_of(&stage, &cached(&stage, denied));

    let error = client.get_caller_identity().send().await.unwrap_err();

    let mut below: Option<&dyn std::error::Error> = Some(&error);
    let ours = loop {
        let error = below.expect("our error is in the chain");
        match error.downcast_ref::<stscreds_core::Error>() {
            Some(ours) => break ours,
            None => below = error.source(),
        }
    };
    assert_eq!(ours.kind(), ErrorKind::AccessDenied);
    assert_eq!(ours.role_arn(), Some("arn:aws:iam::444455556666:role/nowhere"));
}

#[tokio::test]
async fn what_has_expired_at_sts_is_fetched_anew() {
    let stage = Stage::set().await;
    let cache = cached(&stage, stage.assume(PLAIN).build());
    let client = client_of(&stage, &cache);
    client.get_caller_identity().send().await.unwrap();

    stage.advance(900);
    client.get_caller_identity().send().await.unwrap();

    assert_eq!(assumptions(&stage), 2);
}

#[tokio::test]
async fn clients_of_the_sdk_and_other_code_share_one_cache() {
    let stage = Stage::set().await;
    let ours = CredentialsCache::builder(stage.assume(PLAIN).build()).clock(stage.clock()).build();
    let credentials = ours.credentials().await.unwrap();

    let cache = SdkCache::over(ours.clone());
    client_of(&stage, &cache).get_caller_identity().send().await.unwrap();

    let signer = stage.calls().last().unwrap().access_key_id.clone();
    assert_eq!(signer.as_deref(), Some(credentials.access_key_id()));
    assert_eq!(assumptions(&stage), 1);
    cache.invalidate_if(credentials.access_key_id());
    assert!(!ours.credentials().await.unwrap().ptr_eq(&credentials));
    assert_eq!(assumptions(&stage), 2);
}

#[tokio::test]
async fn credentials_that_cannot_sign_are_an_error_for_the_sdk_alone() {
    let ours = CredentialsCache::new(Credentials::new("AKIA\nEXAMPLE", "a secret"));
    let cache = SdkCache::over(ours.clone());

    for _call in 0..2 {
        assert_eq!(ours.credentials().await.unwrap().access_key_id(), "AKIA\nEXAMPLE");
        let error = cache.provide_credentials().await.unwrap_err();
        let shown = format!("{error:?}");
        assert!(shown.contains("access key id"), "{shown}");
        assert!(!shown.contains("a secret"), "{shown}");
    }
}

#[tokio::test]
async fn a_failure_handler_gives_the_sdk_other_credentials() {
    let stage = Stage::set().await;
    let denied = stage.assume("arn:aws:iam::444455556666:role/nowhere").build();
    let cache = SdkCache::configured(denied, |cache| {
        cache
            .clock(stage.clock())
            .handle_failure(|_previous, _error| Ok(Credentials::new("AKIAINSTEAD", "a secret")))
    });

    let sdk = cache.provide_credentials().await.unwrap();

    assert_eq!(sdk.access_key_id(), "AKIAINSTEAD");
    assert_eq!(cache.reader().with(|read| read.access_key_id().len()), Some(11));
}

#[tokio::test]
async fn a_cache_for_a_configuration_goes_by_its_clock() {
    let stage = Stage::set().await;
    let cache = SdkCache::for_config(&stage.sdk_config(), stage.assume(PLAIN).build());
    cache.credentials().await.unwrap();

    stage.advance(900);
    cache.credentials().await.unwrap();

    assert_eq!(assumptions(&stage), 2);
}
