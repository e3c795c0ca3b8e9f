//! Who waits, who is served, and at which instant that changes: the default policy.

use std::time::Duration;

use stscreds_cache::RefreshPolicy;
use stscreds_cache::policy::Phase;
use stscreds_core::ErrorKind;

use crate::scripted::{Answer, Scripted, call, caller, seconds, settle};

const NANOSECOND: Duration = Duration::from_nanos(1);

#[tokio::test]
async fn each_phase_begins_exactly_at_its_instant() {
    let source = Scripted::new();
    let cache = source.builder().chance(|| 1.0).build();
    assert_eq!(cache.stats().phase, Phase::Missing);
    call(&cache).await.unwrap();

    let mut reached = Duration::ZERO;
    for (at, before, from) in [
        // The window of 900 s, and a quarter of it earlier.
        (seconds(2_475), Phase::Fresh, Phase::Advisory),
        (seconds(3_540), Phase::Advisory, Phase::Mandatory),
        (seconds(3_600), Phase::Mandatory, Phase::Expired),
    ] {
        source.advance(at - NANOSECOND - reached);
        assert_eq!(cache.stats().phase, before);
        source.advance(NANOSECOND);
        assert_eq!(cache.stats().phase, from);
        reached = at;
    }
    assert_eq!(source.calls(), 1);
}

#[tokio::test]
async fn a_fresh_value_is_served_up_to_the_last_nanosecond_without_contact() {
    let source = Scripted::new();
    let cache = source.builder().chance(|| 0.0).build();
    call(&cache).await.unwrap();

    source.advance(seconds(2_700) - NANOSECOND);
    assert_eq!(call(&cache).await, Ok("AKID-1".into()));
    settle().await;
    assert_eq!(source.calls(), 1);

    source.advance(NANOSECOND);
    assert_eq!(call(&cache).await, Ok("AKID-1".into()));
    settle().await;
    assert_eq!(source.calls(), 2);
    assert_eq!(call(&cache).await, Ok("AKID-2".into()));
}

#[tokio::test]
async fn in_the_mandatory_window_a_caller_waits_for_the_new_value() {
    let source = Scripted::new();
    let cache = source.cache();
    call(&cache).await.unwrap();

    source.advance(seconds(3_550));

    assert_eq!(cache.with(|_| ()), None);
    assert_eq!(cache.peek().unwrap().access_key_id(), "AKID-1");
    assert_eq!(call(&cache).await, Ok("AKID-2".into()));
    assert_eq!(source.calls(), 2);
}

#[tokio::test]
async fn a_caller_who_finds_a_refresh_under_way_in_the_mandatory_window_joins_it() {
    let source = Scripted::new();
    let cache = source.cache();
    call(&cache).await.unwrap();
    source.advance(seconds(3_000));
    source.park();
    call(&cache).await.unwrap();
    settle().await;
    source.advance(seconds(550));

    let joined = caller(&cache).await;
    assert!(!joined.is_finished());
    source.release();

    assert_eq!(joined.await.unwrap(), Ok("AKID-2".into()));
    assert_eq!(source.calls(), 2);
}

#[tokio::test]
async fn no_value_is_due_from_birth_however_short_it_lives() {
    for lifetime in [seconds(2), seconds(60), seconds(300)] {
        let source = Scripted::new();
        source.answers([Answer::LivesFor(lifetime)]);
        let cache = source.builder().chance(|| 1.0).build();

        for _ in 0..10 {
            call(&cache).await.unwrap();
            settle().await;
        }
        source.advance(lifetime / 3);
        call(&cache).await.unwrap();
        settle().await;

        assert_eq!(source.calls(), 1, "{lifetime:?}");
    }
}

#[tokio::test]
async fn a_window_longer_than_the_lifetime_asks_on_each_call_only_without_the_clamp() {
    let source = Scripted::new();
    source.answers([Answer::LivesFor(seconds(60))]);
    let cache = source.builder().policy(RefreshPolicy::aws_sdk()).build();

    for _ in 0..3 {
        call(&cache).await.unwrap();
    }

    assert_eq!(source.calls(), 3);
}

#[tokio::test]
async fn a_value_that_never_expires_is_fetched_once() {
    let source = Scripted::new();
    source.answers([Answer::Forever]);
    let cache = source.cache();

    for _ in 0..3 {
        assert_eq!(call(&cache).await, Ok("AKID-1".into()));
        source.advance(Duration::from_secs(100 * 365 * 86_400));
    }

    assert_eq!(source.calls(), 1);
    assert_eq!(cache.stats().next_refresh_at, None);
}

#[tokio::test]
async fn peek_and_with_contact_nothing_while_nothing_is_cached() {
    let source = Scripted::new();
    let cache = source.cache();

    assert!(cache.peek().is_none());
    assert_eq!(cache.with(|_| ()), None);
    settle().await;

    assert_eq!(source.calls(), 0);
}

#[tokio::test]
async fn an_advisory_borrowing_read_begins_the_refresh_and_a_peek_does_not() {
    let source = Scripted::new();
    let cache = source.cache();
    call(&cache).await.unwrap();
    source.advance(seconds(3_000));

    assert!(cache.peek().is_some());
    settle().await;
    assert_eq!(source.calls(), 1);

    assert_eq!(cache.with(|c| c.access_key_id().to_owned()), Some("AKID-1".into()));
    settle().await;
    assert_eq!(source.calls(), 2);
}

#[tokio::test]
async fn an_expired_value_is_never_peeked() {
    let source = Scripted::new();
    let cache = source.cache();
    call(&cache).await.unwrap();
    source.advance(seconds(3_600) - NANOSECOND);
    assert!(cache.peek().is_some());

    source.advance(NANOSECOND);

    assert!(cache.peek().is_none());
}

#[tokio::test]
async fn refresh_fetches_a_value_that_is_fresh_and_says_why_it_could_not() {
    let source = Scripted::new();
    let cache = source.cache();
    call(&cache).await.unwrap();

    assert_eq!(cache.refresh().await.unwrap().access_key_id(), "AKID-2");
    source.fails(ErrorKind::Throttled);
    assert_eq!(cache.refresh().await.unwrap_err().kind(), ErrorKind::Throttled);

    assert_eq!(call(&cache).await, Ok("AKID-2".into()));
    assert_eq!(source.calls(), 3);
}

#[tokio::test]
async fn refresh_joins_the_flight_under_way() {
    let source = Scripted::new();
    source.park();
    let cache = source.cache();
    let (first, second) = (cache.clone(), cache.clone());
    let first = tokio::spawn(async move { call(&first).await });
    let second = tokio::spawn(async move { second.refresh().await });
    settle().await;

    source.release();

    assert_eq!(first.await.unwrap(), Ok("AKID-1".into()));
    assert_eq!(second.await.unwrap().unwrap().access_key_id(), "AKID-1");
    assert_eq!(source.calls(), 1);
}

#[tokio::test]
async fn a_reader_sees_every_change() {
    let source = Scripted::new();
    let cache = source.cache();
    let mut reader = cache.reader();
    let mut key = move || reader.with(|c| c.access_key_id().to_owned());
    assert_eq!(key(), None);

    call(&cache).await.unwrap();
    assert_eq!(key(), Some("AKID-1".into()));
    assert_eq!(key(), Some("AKID-1".into()));

    cache.refresh().await.unwrap();
    assert_eq!(key(), Some("AKID-2".into()));

    cache.invalidate();
    assert_eq!(key(), None);
    call(&cache).await.unwrap();
    assert_eq!(key(), Some("AKID-3".into()));

    source.advance(seconds(3_000));
    assert_eq!(key(), Some("AKID-3".into()));
    settle().await;
    assert_eq!(key(), Some("AKID-4".into()));

    source.advance(seconds(3_600));
    assert_eq!(key(), None);
}
