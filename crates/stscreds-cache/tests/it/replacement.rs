//! Refreshes that bring something of less worth than what is cached.

use stscreds_cache::{CredentialsCache, RefreshPolicy};
use stscreds_core::{Credentials, Error, ErrorKind};

use crate::scripted::{Answer, START, Scripted, call, seconds, settle, told};

/// An hour-long value with 800 seconds left, over a source of short-lived ones.
async fn with_800_seconds_left(
    policy: RefreshPolicy,
    next: Answer,
) -> (Scripted, CredentialsCache) {
    let source = Scripted::new();
    let cache = source.builder().policy(policy).build();
    call(&cache).await.unwrap();
    source.advance(seconds(2_800));
    source.answers([next]);
    (source, cache)
}

#[tokio::test]
async fn a_value_with_more_life_left_is_kept_and_its_windows_begin_anew() {
    let (source, cache) =
        with_800_seconds_left(RefreshPolicy::default(), Answer::LivesFor(seconds(2))).await;

    assert_eq!(told(cache.refresh().await), Ok("AKID-1".into()));

    let stats = cache.stats();
    assert_eq!((stats.refreshes, stats.failed()), (2, 0));
    let deadlines = stats.deadlines.unwrap();
    assert_eq!(deadlines.expires_at, Some(START + seconds(3_600)));
    // A lifetime of 800 s has a window of 300 s, and half of a quarter of it is jitter.
    assert_eq!(deadlines.advisory_at, START + seconds(3_300));
    assert_eq!(deadlines.mandatory_at, START + seconds(3_540));
    assert_eq!(call(&cache).await, Ok("AKID-1".into()));
    assert_eq!(source.calls(), 2, "and nothing is due");
}

#[tokio::test]
async fn a_value_with_as_much_life_or_more_is_installed() {
    for next in [Answer::ExpiresAt(START + seconds(3_600)), Answer::Forever] {
        let (_source, cache) = with_800_seconds_left(RefreshPolicy::default(), next).await;

        assert_eq!(told(cache.refresh().await), Ok("AKID-2".into()));
    }
}

#[tokio::test]
async fn a_rejected_value_is_not_kept_however_long_it_lives() {
    let (_source, cache) =
        with_800_seconds_left(RefreshPolicy::default(), Answer::LivesFor(seconds(20))).await;
    cache.invalidate();

    assert_eq!(call(&cache).await, Ok("AKID-2".into()));
}

#[tokio::test]
async fn a_value_that_is_rejected_in_flight_is_not_kept() {
    let (source, cache) =
        with_800_seconds_left(RefreshPolicy::default(), Answer::LivesFor(seconds(20))).await;
    source.park();
    assert_eq!(call(&cache).await, Ok("AKID-1".into()));
    settle().await;

    cache.invalidate_if("AKID-1");
    source.release();

    assert_eq!(call(&cache).await, Ok("AKID-2".into()));
    assert_eq!(source.calls(), 2);
}

#[tokio::test]
async fn a_value_that_never_expires_is_kept() {
    let source = Scripted::new();
    source.answers([Answer::Forever, Answer::LivesFor(seconds(3_600))]);
    let cache = source.cache();
    call(&cache).await.unwrap();

    assert_eq!(told(cache.refresh().await), Ok("AKID-1".into()));
    assert_eq!(cache.stats().deadlines.unwrap().expires_at, None);
}

#[tokio::test]
async fn the_presets_of_peers_take_what_comes() {
    for policy in [RefreshPolicy::aws_sdk(), RefreshPolicy::go_classic(seconds(60), 0.0)] {
        let (_source, cache) = with_800_seconds_left(policy, Answer::LivesFor(seconds(2))).await;

        assert_eq!(told(cache.refresh().await), Ok("AKID-2".into()));
    }
}

/// A value whose life is short makes no loop: the windows of what is kept shrink with it.
#[tokio::test]
async fn a_source_of_two_second_values_is_asked_a_few_times_and_then_believed() {
    let (source, cache) =
        with_800_seconds_left(RefreshPolicy::default(), Answer::LivesFor(seconds(2))).await;

    for _ in 0..799 {
        assert_eq!(call(&cache).await, Ok("AKID-1".into()));
        settle().await;
        source.advance(seconds(1));
    }

    assert_eq!(source.calls(), 11);
}

#[tokio::test]
async fn partial_credentials_are_a_failure() {
    for (key, secret) in [("", ""), ("", "secret"), ("AKID", "")] {
        let cache = CredentialsCache::new(move || {
            std::future::ready(Ok::<_, Error>(Credentials::new(key, secret)))
        });

        let error = cache.credentials().await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::NoCredentials, "{error}");
        let missing = if key.is_empty() { "access key id" } else { "secret access key" };
        assert!(error.to_string().contains(&format!("without {missing}")), "{error}");
        assert!(cache.peek().is_none());
    }
}
