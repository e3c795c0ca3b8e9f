//! Values that were rejected before they expired.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use stscreds_cache::CredentialsCache;
use stscreds_core::{Credentials, Error, ErrorKind};
use tokio::task::JoinSet;

use crate::scripted::{Answer, Scripted, call, caller, seconds, settle};

const HOUR: Answer = Answer::LivesFor(seconds(3_600));

#[tokio::test]
async fn a_thousand_rejections_of_one_key_cause_one_refresh() {
    let source = Scripted::new();
    let cache = source.cache();
    call(&cache).await.unwrap();
    let mut rejected = JoinSet::new();
    for _ in 0..1_000 {
        let cache = cache.clone();
        rejected.spawn(async move {
            cache.invalidate_if("AKID-1");
            call(&cache).await
        });
    }

    let answers = rejected.join_all().await;

    assert!(answers.iter().all(|answer| *answer == Ok("AKID-2".into())));
    assert_eq!(source.calls(), 2);
    cache.invalidate_if("AKID-1");
    assert_eq!(call(&cache).await, Ok("AKID-2".into()));
    assert_eq!(source.calls(), 2);
}

#[tokio::test]
async fn an_invalid_value_keeps_its_expiry_and_can_be_peeked() {
    let source = Scripted::new();
    let cache = source.cache();
    call(&cache).await.unwrap();
    let before = cache.stats().deadlines;

    cache.invalidate();

    assert_eq!(cache.stats().deadlines, before);
    assert_eq!(cache.peek().unwrap().access_key_id(), "AKID-1");
    assert_eq!(cache.with(|_| ()), None);
}

/// Rejects the cached AKID-1 while a refresh is under way that brings `key`.
async fn rejected_in_flight(key: &'static str) -> (Scripted, CredentialsCache) {
    let source = Scripted::new();
    source.answers([
        Answer::Key("AKID-1", seconds(3_600)),
        Answer::Key(key, seconds(3_600)),
        Answer::Key("AKID-3", seconds(3_600)),
    ]);
    let cache = source.cache();
    call(&cache).await.unwrap();
    source.advance(seconds(3_000));
    source.park();
    call(&cache).await.unwrap();
    settle().await;
    cache.invalidate_if("AKID-1");
    source.release();
    settle().await;
    assert_eq!(source.calls(), 2);
    (source, cache)
}

#[tokio::test]
async fn a_flight_that_began_before_the_rejection_and_brings_the_rejected_key_is_not_enough() {
    let (source, cache) = rejected_in_flight("AKID-1").await;

    assert_eq!(call(&cache).await, Ok("AKID-3".into()));
    assert_eq!(call(&cache).await, Ok("AKID-3".into()));
    assert_eq!(source.calls(), 3);
}

#[tokio::test]
async fn a_flight_that_began_before_the_rejection_and_brings_another_key_is() {
    let (source, cache) = rejected_in_flight("AKID-2").await;

    assert_eq!(call(&cache).await, Ok("AKID-2".into()));
    assert_eq!(source.calls(), 2);
}

#[tokio::test]
async fn a_flight_that_begins_after_the_rejection_is_enough_whatever_it_brings() {
    let source = Scripted::new();
    source.answers([Answer::Key("AKID-1", seconds(3_600))]);
    let cache = source.cache();
    call(&cache).await.unwrap();

    cache.invalidate();

    for _ in 0..3 {
        assert_eq!(call(&cache).await, Ok("AKID-1".into()));
    }
    assert_eq!(source.calls(), 2);
}

#[tokio::test]
async fn who_waits_for_a_flight_that_brings_the_rejected_key_waits_for_the_next() {
    let source = Scripted::new();
    source.answers([
        Answer::Key("AKID-1", seconds(3_600)),
        Answer::Key("AKID-1", seconds(3_600)),
        Answer::Key("AKID-3", seconds(3_600)),
    ]);
    let cache = source.cache();
    call(&cache).await.unwrap();
    source.advance(seconds(3_550));
    source.park();
    let waiter = caller(&cache).await;

    cache.invalidate();
    source.release();

    assert_eq!(waiter.await.unwrap(), Ok("AKID-3".into()));
    assert_eq!(source.calls(), 3);
    assert_eq!(source.most_at_once(), 1);
}

#[tokio::test]
async fn an_invalidation_before_the_first_value_arrives_asks_for_another() {
    let source = Scripted::new();
    source.park();
    let cache = source.cache();
    let waiter = caller(&cache).await;

    cache.invalidate();
    source.release();

    assert_eq!(waiter.await.unwrap(), Ok("AKID-2".into()));
    assert_eq!(source.calls(), 2);
}

#[tokio::test]
async fn with_nothing_cached_and_nothing_under_way_there_is_nothing_to_invalidate() {
    let source = Scripted::new();
    let cache = source.cache();

    cache.invalidate();
    cache.invalidate_if("AKID-1");

    assert_eq!(cache.stats().invalidations, 0);
    assert_eq!(call(&cache).await, Ok("AKID-1".into()));
    assert_eq!(source.calls(), 1);
}

#[tokio::test]
async fn during_a_backoff_the_rejected_value_is_served_and_the_mark_is_kept() {
    let source = Scripted::new();
    let cache = source.cache();
    call(&cache).await.unwrap();
    source.fails(ErrorKind::ServiceUnavailable);
    cache.invalidate();
    assert_eq!(call(&cache).await, Ok("AKID-1".into()));
    source.answers([HOUR]);

    // 5 s, as past expiry: nobody can use what a service rejects.
    source.advance(seconds(5) - Duration::from_nanos(1));
    assert_eq!(call(&cache).await, Ok("AKID-1".into()));
    assert_eq!(cache.with(|c| c.access_key_id().to_owned()), Some("AKID-1".into()));
    assert_eq!(source.calls(), 2);

    source.advance(Duration::from_nanos(1));
    assert_eq!(call(&cache).await, Ok("AKID-3".into()));
    assert_eq!(source.calls(), 3);
}

#[tokio::test]
async fn a_value_that_never_expires_can_be_invalidated() {
    let source = Scripted::new();
    source.answers([Answer::Forever]);
    let cache = source.cache();
    call(&cache).await.unwrap();

    cache.invalidate();

    assert_eq!(call(&cache).await, Ok("AKID-2".into()));
}

#[tokio::test]
async fn a_call_whose_every_flight_is_rejected_ends_after_the_second() {
    let cache = Arc::new(OnceLock::<CredentialsCache>::new());
    let (own, calls) = (Arc::clone(&cache), Arc::new(AtomicU32::new(0)));
    let counted = Arc::clone(&calls);
    let rejecting = CredentialsCache::new(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        own.get().unwrap().invalidate();
        async { Ok::<_, Error>(Credentials::new("AKID-SAME", "s")) }
    });
    let cache = cache.get_or_init(|| rejecting);

    assert_eq!(call(cache).await, Ok("AKID-SAME".into()));

    assert_eq!(calls.load(Ordering::Relaxed), 2);
}
