//! Reads beyond the plain one: in place and waiting, and with so much life left.

use stscreds_core::ErrorKind;

use crate::scripted::{Answer, Scripted, call, seconds, settle};

#[tokio::test]
async fn a_read_in_place_waits_if_there_is_nothing_yet() {
    let source = Scripted::new();
    let cache = source.cache();
    let key = || cache.read(|credentials| credentials.access_key_id().to_owned());

    assert_eq!(key().await.unwrap(), "AKID-1");
    assert_eq!(key().await.unwrap(), "AKID-1");
    source.advance(seconds(3_600));
    assert_eq!(key().await.unwrap(), "AKID-2");
    source.fails(ErrorKind::AccessDenied);
    source.advance(seconds(3_600));
    assert_eq!(key().await.unwrap_err().kind(), ErrorKind::AccessDenied);
    assert_eq!(source.calls(), 3);
}

/// The key, and the seconds that it has left.
async fn remaining(
    source: &Scripted,
    cache: &stscreds_cache::CredentialsCache,
    at_least: u64,
) -> (String, u64) {
    let credentials = cache.remaining(seconds(at_least)).await.unwrap();
    let left = credentials.expires_at().unwrap().since(source.clock.now()).as_secs();
    (credentials.access_key_id().to_owned(), left)
}

#[tokio::test]
async fn a_value_with_too_little_life_left_is_refreshed_before_it_is_returned() {
    let source = Scripted::new();
    let cache = source.cache();

    assert_eq!(remaining(&source, &cache, 1_800).await, ("AKID-1".into(), 3_600));
    source.advance(seconds(1_800));
    assert_eq!(remaining(&source, &cache, 1_800).await, ("AKID-1".into(), 1_800));
    source.advance(seconds(1));
    assert_eq!(remaining(&source, &cache, 1_700).await, ("AKID-1".into(), 1_799));
    assert_eq!(remaining(&source, &cache, 1_800).await, ("AKID-2".into(), 3_600));
    assert_eq!(source.calls(), 2);
}

/// A session of 15 minutes never has 15 minutes left, nor much more than it has.
#[tokio::test]
async fn what_no_session_lives_for_makes_no_contact_with_each_call() {
    for at_least in [850, 900, 3_600, u64::MAX / 2] {
        let source = Scripted::new();
        source.answers([Answer::LivesFor(seconds(900))]);
        let cache = source.cache();

        for second in 0..562 {
            assert_eq!(remaining(&source, &cache, at_least).await, ("AKID-1".into(), 900 - second));
            source.advance(seconds(1));
        }
        assert_eq!(source.calls(), 1, "{at_least}");

        // The regular refresh.
        source.advance(seconds(1));
        assert_eq!(remaining(&source, &cache, at_least).await.0, "AKID-1");
        settle().await;
        assert_eq!(remaining(&source, &cache, at_least).await, ("AKID-2".into(), 900));
    }
}

#[tokio::test]
async fn a_failed_refresh_for_more_life_costs_a_backoff_and_no_error() {
    let source = Scripted::new();
    let cache = source.cache();
    call(&cache).await.unwrap();
    source.advance(seconds(2_000));
    source.fails(ErrorKind::Throttled);

    for _ in 0..10 {
        assert_eq!(remaining(&source, &cache, 3_000).await, ("AKID-1".into(), 1_600));
    }

    assert_eq!(source.calls(), 2);
}

#[tokio::test]
async fn what_never_expires_has_always_enough() {
    let source = Scripted::new();
    source.answers([Answer::Forever]);
    let cache = source.cache();

    for _ in 0..3 {
        assert!(cache.remaining(std::time::Duration::MAX).await.unwrap().expires_at().is_none());
    }
    assert_eq!(source.calls(), 1);
}
