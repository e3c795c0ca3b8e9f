//! Futures that are dropped, at each point at which they can be.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use stscreds_cache::{CredentialsCache, RefreshPolicy};
use stscreds_core::{Credentials, Error, ErrorKind};

use crate::scripted::{Answer, Scripted, call, caller, crowd, seconds, settle};

/// Polls so often, with everything else run in between, and drops.
async fn drop_after<F>(polls: usize, future: F)
where
    F: Future<Output = Result<Credentials, Error>>,
{
    let mut cx = Context::from_waker(Waker::noop());
    let mut future = pin!(future);
    for _ in 0..polls {
        if let Poll::Ready(_done) = future.as_mut().poll(&mut cx) {
            return;
        }
        settle().await;
    }
}

/// A cold cache, and one whose value callers must wait to see replaced.
async fn caches(source: &Scripted, cold: bool) -> CredentialsCache {
    let cache = source.cache();
    if !cold {
        call(&cache).await.unwrap();
        source.advance(seconds(3_550));
    }
    cache
}

#[tokio::test]
async fn a_dropped_leader_neither_stops_nor_restarts_the_flight() {
    for cold in [true, false] {
        for polls in 1..4 {
            let source = Scripted::new();
            let cache = caches(&source, cold).await;
            let before = source.calls();
            source.park();

            drop_after(polls, cache.credentials()).await;
            settle().await;
            source.release();
            settle().await;

            assert_eq!(source.calls(), before + 1);
            let key = format!("AKID-{}", before + 1);
            assert_eq!(cache.peek().unwrap().access_key_id(), key);
            assert_eq!(call(&cache).await, Ok(key));
            assert_eq!(source.calls(), before + 1);
        }
    }
}

#[tokio::test]
async fn a_call_that_is_never_polled_contacts_nothing() {
    let source = Scripted::new();
    let cache = source.cache();

    drop(cache.credentials());
    drop(cache.refresh());
    settle().await;

    assert_eq!(source.calls(), 0);
}

#[tokio::test]
async fn dropped_followers_take_nothing_with_them() {
    let source = Scripted::new();
    source.park();
    let cache = source.cache();
    let leader = caller(&cache).await;

    for polls in 1..4 {
        drop_after(polls, cache.credentials()).await;
        drop_after(polls, cache.refresh()).await;
    }
    source.release();

    assert_eq!(leader.await.unwrap(), Ok("AKID-1".into()));
    assert_eq!(source.calls(), 1);
}

struct Awake;

impl Wake for Awake {
    fn wake(self: Arc<Self>) {}
}

#[tokio::test]
async fn nothing_is_kept_of_a_caller_who_left() {
    let source = Scripted::new();
    source.park();
    let cache = source.cache();
    let awake = Arc::new(Awake);
    let waker = Waker::from(Arc::clone(&awake));
    let mut cx = Context::from_waker(&waker);
    {
        let mut caller = pin!(cache.credentials());
        assert!(caller.as_mut().poll(&mut cx).is_pending());
        assert_eq!(Arc::strong_count(&awake), 3);
    }
    assert_eq!(Arc::strong_count(&awake), 2);
}

#[tokio::test]
async fn all_callers_dropped_and_the_value_is_installed_all_the_same() {
    let source = Scripted::new();
    source.park();
    let cache = source.cache();
    let mut callers = crowd(&cache, 100).await;

    callers.shutdown().await;
    source.release();
    settle().await;

    assert_eq!(cache.peek().unwrap().access_key_id(), "AKID-1");
    assert_eq!(source.calls(), 1);
}

#[tokio::test]
async fn a_refresh_whose_caller_is_dropped_is_finished() {
    let source = Scripted::new();
    let cache = source.cache();
    call(&cache).await.unwrap();
    source.park();

    drop_after(1, cache.refresh()).await;
    source.release();
    settle().await;

    assert_eq!(call(&cache).await, Ok("AKID-2".into()));
}

#[tokio::test]
async fn a_starter_that_waits_and_is_dropped_leaves_the_refresh_to_go_on() {
    let source = Scripted::new();
    let cache = source.builder().policy(RefreshPolicy::aws_sdk()).build();
    call(&cache).await.unwrap();
    source.advance(seconds(2_700));
    source.park();

    drop_after(2, cache.credentials()).await;
    assert_eq!(call(&cache).await, Ok("AKID-1".into()));
    source.release();
    settle().await;

    assert_eq!(call(&cache).await, Ok("AKID-2".into()));
    assert_eq!(source.calls(), 2);
}

#[tokio::test]
async fn a_caller_dropped_between_two_flights_harms_neither() {
    let source = Scripted::new();
    source.answers([Answer::Key("AKID-1", seconds(3_600))]);
    let cache = source.cache();
    call(&cache).await.unwrap();
    source.advance(seconds(3_550));
    source.park();
    let mut cx = Context::from_waker(Waker::noop());
    {
        let mut caller = pin!(cache.credentials());
        assert!(caller.as_mut().poll(&mut cx).is_pending());
        settle().await;
        // Rejected in flight: the caller will go on to a second flight.
        cache.invalidate();
        source.release();
        settle().await;
        source.park();
        assert!(caller.as_mut().poll(&mut cx).is_pending());
        settle().await;
    }
    source.release();
    settle().await;

    assert_eq!(source.calls(), 3);
    assert_eq!(call(&cache).await, Ok("AKID-1".into()));
    assert_eq!(source.calls(), 3);
}

#[tokio::test]
async fn the_last_handle_may_go_while_a_flight_is_under_way() {
    let source = Scripted::new();
    source.fails(ErrorKind::AccessDenied);
    source.park();
    let cache = source.cache();
    drop_after(1, cache.credentials()).await;

    drop(cache);
    source.release();
    settle().await;

    assert_eq!(source.calls(), 1);
}
