//! One cache, several runtimes, some of which end or stand still.

use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};

use stscreds_cache::event::Happening;
use stscreds_cache::{CredentialsCache, RefreshPolicy};
use stscreds_core::{Credentials, ErrorKind};
use tokio::runtime::{Builder, Runtime};

use crate::scripted::{Scripted, call, crowd, in_time, seconds, settle};

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

fn paused() -> Runtime {
    Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

/// A runtime on which the first flight began, and which is driven no further. The source answers whoever asks it from now on.
fn stalled_in_flight(source: &Scripted, cache: &CredentialsCache) -> Runtime {
    source.park();
    let stalled = runtime();
    let mut cx = Context::from_waker(Waker::noop());
    stalled.block_on(async {
        assert!(pin!(cache.credentials()).poll(&mut cx).is_pending());
        settle().await;
    });
    source.release();
    stalled
}

#[test]
fn a_waiter_outlives_the_runtime_of_the_flight_it_waits_for() {
    in_time(|| {
        let source = Scripted::new();
        source.park();
        let cache = source.cache();
        let (first, second) = (runtime(), runtime());
        let mut cx = Context::from_waker(Waker::noop());
        first.block_on(async {
            assert!(pin!(cache.credentials()).poll(&mut cx).is_pending());
            settle().await;
        });
        let mut waiter = pin!(call(&cache));
        second.block_on(async { assert!(waiter.as_mut().poll(&mut cx).is_pending()) });

        drop(first);
        source.release();

        assert_eq!(second.block_on(waiter), Ok("AKID-2".into()));
        assert_eq!(source.calls(), 2);
        assert_eq!(cache.stats().abandoned, 1);
    });
}

#[test]
fn an_advisory_refresh_that_dies_with_its_runtime_is_begun_again() {
    in_time(|| {
        let source = Scripted::new();
        let cache = source.cache();
        runtime().block_on(async { call(&cache).await.unwrap() });
        source.advance(seconds(3_000));
        source.park();
        runtime().block_on(async {
            assert_eq!(call(&cache).await, Ok("AKID-1".into()));
            settle().await;
        });
        source.release();

        runtime().block_on(async {
            assert_eq!(call(&cache).await, Ok("AKID-1".into()));
            settle().await;
            assert_eq!(call(&cache).await, Ok("AKID-3".into()));
        });
    });
}

#[test]
fn a_waiter_gives_up_on_a_runtime_that_stands_still() {
    in_time(|| {
        let source = Scripted::new();
        let cache = source.cache();
        let mut events = cache.subscribe();
        let stalled = stalled_in_flight(&source, &cache);

        let told = paused().block_on(async {
            let began = tokio::time::Instant::now();
            let told = call(&cache).await;
            assert_eq!(began.elapsed(), seconds(35));
            told
        });
        assert_eq!(told, Ok("AKID-2".into()));

        // The old flight goes on and lands, and changes nothing any more.
        stalled.block_on(settle());
        assert_eq!(cache.peek().unwrap().access_key_id(), "AKID-2");
        assert_eq!(source.calls(), 2);
        drop(cache);
        let mut abandoned = 0;
        while let Some(event) = stalled.block_on(events.next()) {
            abandoned += u32::from(matches!(event.happening, Happening::RefreshAbandoned));
        }
        assert_eq!(abandoned, 1, "it is told once");
    });
}

#[test]
fn whoever_waits_on_gives_up_in_time_if_the_first_of_them_has_left() {
    in_time(|| {
        let source = Scripted::new();
        let cache = source.cache();
        let _stalled = stalled_in_flight(&source, &cache);

        let told = paused().block_on(async {
            let began = tokio::time::Instant::now();
            let mut cx = Context::from_waker(Waker::noop());
            assert!(pin!(cache.credentials()).poll(&mut cx).is_pending());
            let told = crowd(&cache, 100).await.join_all().await;
            assert_eq!(began.elapsed(), seconds(35));
            told
        });

        assert!(told.iter().all(|told| *told == Ok("AKID-2".into())));
        assert_eq!(source.calls(), 2);
        assert_eq!(cache.stats().abandoned, 1);
    });
}

#[test]
fn a_runtime_that_is_shutting_down_is_an_error_and_no_loop() {
    in_time(|| {
        let source = Scripted::new();
        let cache = source.cache();
        let dead = runtime().handle().clone();
        let _inside = dead.enter();
        let mut cx = Context::from_waker(Waker::noop());

        let Poll::Ready(Err(error)) = pin!(cache.credentials()).poll(&mut cx) else {
            panic!("there is nothing to wait for");
        };

        assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
        assert!(error.to_string().starts_with("every refresh was abandoned"), "{error}");
        assert_eq!(source.calls(), 0);
        assert_eq!(cache.stats().abandoned, 4, "four flights are the most");
    });
}

#[test]
fn without_a_runtime_a_hit_is_a_hit_and_a_miss_is_an_error() {
    in_time(|| {
        let source = Scripted::new();
        let cache = source.cache();
        let mut cx = Context::from_waker(Waker::noop());
        let mut now = || pin!(call(&cache)).poll(&mut cx);

        assert_eq!(now(), Poll::Ready(Err(ErrorKind::InvalidConfiguration)));
        runtime().block_on(async { call(&cache).await.unwrap() });
        assert_eq!(now(), Poll::Ready(Ok("AKID-1".into())));

        // Due, but nobody here can begin a refresh: the valid value is served.
        source.advance(seconds(3_000));
        assert_eq!(now(), Poll::Ready(Ok("AKID-1".into())));
        assert!(cache.with(|_| ()).is_some());
        assert_eq!(source.calls(), 1);

        // And a caller that can begin one does.
        runtime().block_on(async {
            assert_eq!(call(&cache).await, Ok("AKID-1".into()));
            settle().await;
            assert_eq!(call(&cache).await, Ok("AKID-2".into()));
        });
    });
}

/// A refresh that cannot even begin is one that failed.
#[test]
fn without_a_runtime_a_value_in_its_last_minute_is_served_as_if_the_refresh_had_failed() {
    in_time(|| {
        let dead = runtime().handle().clone();
        for (policy, expected) in [
            (RefreshPolicy::default(), Ok("AKID-1".into())),
            (RefreshPolicy::aws_sdk(), Err(ErrorKind::InvalidConfiguration)),
            (RefreshPolicy::go_classic(seconds(300), 0.0), Err(ErrorKind::InvalidConfiguration)),
        ] {
            let source = Scripted::new();
            let cache = source.builder().policy(policy).build();
            let mut cx = Context::from_waker(Waker::noop());
            let mut now = || pin!(call(&cache)).poll(&mut cx);
            runtime().block_on(async { call(&cache).await.unwrap() });

            source.advance(seconds(3_550));
            assert_eq!(now(), Poll::Ready(expected.clone()), "none");
            let inside = dead.enter();
            assert_eq!(now(), Poll::Ready(expected), "one that is shutting down");
            drop(inside);

            source.advance(seconds(50));
            assert_eq!(now(), Poll::Ready(Err(ErrorKind::InvalidConfiguration)));
            assert_eq!(source.calls(), 1);
        }
    });
}

#[test]
fn a_runtime_without_a_timer_is_enough() {
    in_time(|| {
        let cache = CredentialsCache::new(async || {
            settle().await;
            Ok(Credentials::new("AKID-SLOW", "s"))
        });
        let untimed = Builder::new_current_thread().build().unwrap();

        assert_eq!(untimed.block_on(call(&cache)), Ok("AKID-SLOW".into()));
    });
}

static SHARED: LazyLock<CredentialsCache> =
    LazyLock::new(|| CredentialsCache::new(Credentials::new("AKID-STATIC", "s")));

#[tokio::test]
async fn a_static_cache_serves_one_test() {
    assert_eq!(call(&SHARED).await, Ok("AKID-STATIC".into()));
    SHARED.invalidate();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_static_cache_serves_another_test() {
    assert_eq!(call(&SHARED).await, Ok("AKID-STATIC".into()));
    SHARED.invalidate();
}
