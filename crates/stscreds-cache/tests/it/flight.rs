//! One contact with the source, however many callers there are.

use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Waker};
use std::time::Duration;

use stscreds_cache::CredentialsCache;
use stscreds_core::{Credentials, Error, ErrorKind};
use tokio::runtime::Builder;
use tokio::task::JoinSet;

use crate::scripted::{Answer, Scripted, call, crowd, seconds, settle};

#[tokio::test]
async fn ten_thousand_cold_callers_make_one_call() {
    let source = Scripted::new();
    source.park();
    let cache = source.cache();
    let callers = crowd(&cache, 10_000).await;

    source.release();
    let answers = callers.join_all().await;

    assert_eq!(source.calls(), 1);
    assert!(answers.iter().all(|answer| *answer == Ok("AKID-1".into())));
}

#[tokio::test]
async fn a_thousand_cold_callers_of_a_dead_source_share_one_call_and_one_error() {
    let source = Scripted::new();
    source.fails(ErrorKind::ConnectionFailed);
    source.park();
    let cache = source.cache();
    let callers = crowd(&cache, 1_000).await;

    source.release();
    let answers = callers.join_all().await;

    assert_eq!(source.calls(), 1);
    assert!(answers.iter().all(|answer| *answer == Err(ErrorKind::ConnectionFailed)));
}

#[tokio::test]
async fn an_advisory_refresh_keeps_nobody_waiting() {
    let source = Scripted::new();
    let cache = source.cache();
    call(&cache).await.unwrap();
    source.advance(seconds(3_000));
    source.park();

    assert_eq!(call(&cache).await, Ok("AKID-1".into()));
    assert_eq!(call(&cache).await, Ok("AKID-1".into()));
    settle().await;
    assert_eq!(source.calls(), 2);
    source.release();
    settle().await;

    assert_eq!(call(&cache).await, Ok("AKID-2".into()));
    assert_eq!(source.calls(), 2);
}

#[tokio::test]
async fn a_source_that_panics_is_an_error_and_the_next_call_starts_afresh() {
    let source = Scripted::new();
    source.answers([Answer::Panics, Answer::LivesFor(seconds(3_600))]);
    let cache = source.cache();

    assert_eq!(call(&cache).await, Err(ErrorKind::Bug));
    assert_eq!(call(&cache).await, Ok("AKID-2".into()));
}

#[tokio::test(start_paused = true)]
async fn a_source_that_hangs_is_given_up_after_the_load_timeout() {
    let source = Scripted::new();
    source.answers([Answer::Hangs, Answer::Forever]);
    let cache = source.cache();
    let began = tokio::time::Instant::now();

    assert_eq!(call(&cache).await, Err(ErrorKind::TimedOut));
    assert_eq!(began.elapsed().as_secs(), 30);
    assert_eq!(call(&cache).await, Ok("AKID-2".into()));
    assert_eq!(source.most_at_once(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_hundred_waiters_of_a_source_that_takes_six_seconds_make_one_call() {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let cache = CredentialsCache::new(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        async {
            tokio::time::sleep(seconds(6)).await;
            Ok::<_, Error>(Credentials::new("AKID-SLOW", "s"))
        }
    });
    let mut callers = JoinSet::new();
    for delay in 0..100 {
        let cache = cache.clone();
        callers.spawn(async move {
            tokio::time::sleep(Duration::from_millis(delay * 50)).await;
            call(&cache).await
        });
    }

    let answers = callers.join_all().await;

    assert!(answers.iter().all(|answer| *answer == Ok("AKID-SLOW".into())));
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_outlives_the_load_timeout_again_and_again_does_not_hold_up_callers() {
    let source = Scripted::new();
    let cache = source.cache();
    call(&cache).await.unwrap();
    source.answers([Answer::Hangs]);
    source.advance(seconds(3_000));

    // Nobody notices while the value is valid.
    let began = tokio::time::Instant::now();
    assert_eq!(call(&cache).await, Ok("AKID-1".into()));
    assert_eq!(began.elapsed(), Duration::ZERO);
    tokio::time::sleep(seconds(31)).await;
    assert_eq!(cache.stats().failures[&ErrorKind::TimedOut], 1);
    assert_eq!(call(&cache).await, Ok("AKID-1".into()));

    // Past expiry all who wait are told at one time, and served what the policy allows.
    source.advance(seconds(601));
    let waiting: Vec<_> = [cache.clone(), cache.clone()]
        .map(|cache| tokio::spawn(async move { call(&cache).await }))
        .into();
    for waiter in waiting {
        assert_eq!(waiter.await.unwrap(), Ok("AKID-1".into()));
    }
    assert_eq!(source.calls(), 3);
}

#[tokio::test]
async fn several_caches_over_one_source_each_make_their_own_calls() {
    let source = Scripted::new();
    let (one, other) = (source.cache(), source.cache());

    assert_eq!(call(&one).await, Ok("AKID-1".into()));
    assert_eq!(call(&other).await, Ok("AKID-2".into()));
    assert_eq!(call(&one.clone()).await, Ok("AKID-1".into()));
}

#[tokio::test]
async fn a_cache_over_a_cache_contacts_the_source_as_often_as_one() {
    let source = Scripted::new();
    let inner = source.cache();
    let outer = CredentialsCache::builder(inner).clock(source.clock.clone()).chance(|| 0.5).build();

    for _ in 0..3_600 {
        call(&outer).await.unwrap();
        settle().await;
        source.advance(seconds(1));
    }

    assert_eq!(source.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_asks_its_own_cache_is_told_so_at_once() {
    let own = Arc::new(OnceLock::<CredentialsCache>::new());
    let source = {
        let own = Arc::clone(&own);
        move || {
            let own = Arc::clone(&own);
            async move { own.get().unwrap().credentials().await }
        }
    };
    let cache = own.get_or_init(|| CredentialsCache::new(source));
    let began = tokio::time::Instant::now();

    let told = cache.credentials().await.unwrap_err();

    assert_eq!(told.kind(), ErrorKind::InvalidConfiguration);
    assert!(told.to_string().contains("source called the cache itself"), "{told}");
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn a_cache_over_another_cache_is_none_that_asks_itself() {
    let source = Scripted::new();
    let outer = CredentialsCache::new(source.cache());

    assert_eq!(call(&outer).await, Ok("AKID-1".into()));
    assert_eq!(source.calls(), 1);
}

#[tokio::test]
async fn two_caches_over_a_third_share_its_flight() {
    let source = Scripted::new();
    source.park();
    let inner = source.cache();
    let outer = [CredentialsCache::new(inner.clone()), CredentialsCache::new(inner)];
    let calling = outer.map(|outer| tokio::spawn(async move { call(&outer).await }));
    settle().await;

    source.release();

    for caller in calling {
        assert_eq!(caller.await.unwrap(), Ok("AKID-1".into()));
    }
    assert_eq!(source.calls(), 1);
}

/// A source may block on a runtime of its own, and meet its cache again further in.
#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_asks_its_own_cache_through_another_one_within_is_told_so() {
    let own = Arc::new(OnceLock::<CredentialsCache>::new());
    let within = {
        let own = Arc::clone(&own);
        CredentialsCache::new(move || {
            let own = Arc::clone(&own);
            async move { own.get().unwrap().credentials().await }
        })
    };
    let cache = own.get_or_init(|| {
        CredentialsCache::new(move || {
            let within = within.clone();
            async move {
                tokio::task::block_in_place(|| {
                    Builder::new_current_thread().build().unwrap().block_on(within.credentials())
                })
            }
        })
    });

    assert_eq!(call(cache).await, Err(ErrorKind::InvalidConfiguration));
}

/// The machine slept, or the caller's thread was busy, between the landing and the wake-up.
#[tokio::test]
async fn a_value_that_expires_before_its_waiter_runs_is_not_returned() {
    let source = Scripted::new();
    source.park();
    let cache = source.cache();
    let mut cx = Context::from_waker(Waker::noop());
    let mut waiter = pin!(call(&cache));
    assert!(waiter.as_mut().poll(&mut cx).is_pending());
    settle().await;
    source.release();
    settle().await;
    assert_eq!(cache.stats().refreshes, 1);

    source.advance(seconds(3_600));

    assert_eq!(waiter.await, Ok("AKID-2".into()));
    assert_eq!(source.calls(), 2);
}

#[tokio::test]
async fn a_failure_whose_waiter_runs_late_is_judged_by_the_time_that_it_is_then() {
    let source = Scripted::new();
    let cache = source.cache();
    call(&cache).await.unwrap();
    source.advance(seconds(3_550));
    source.fails(ErrorKind::Throttled);
    source.park();
    let mut cx = Context::from_waker(Waker::noop());
    let mut waiter = pin!(call(&cache));
    assert!(waiter.as_mut().poll(&mut cx).is_pending());
    settle().await;
    source.release();
    settle().await;
    assert_eq!(cache.stats().failed(), 1);

    // Past the ten minutes for which an expired value may be served.
    source.advance(seconds(700));

    assert_eq!(waiter.await, Err(ErrorKind::Throttled));
    assert_eq!(source.calls(), 2);
}
