//! Situations that peers try their caches in, beyond the vectors and cases that have lists
//! of their own: botocore's refreshable credentials, Java's `CachedSupplier`, the lazy
//! identity cache of the SDK for Rust.

use std::time::Duration;

use stscreds_cache::policy::Window;
use stscreds_cache::{CredentialsCache, RefreshPolicy};
use stscreds_core::{Credentials, Error, ErrorKind, ManualClock, Timestamp};
use tokio::task::JoinSet;

use crate::scripted::{Answer, START, Scripted, call, seconds, settle};

const DOWN: ErrorKind = ErrorKind::ServiceUnavailable;

fn sdk(source: &Scripted) -> CredentialsCache {
    source.builder().policy(RefreshPolicy::aws_sdk()).build()
}

#[tokio::test]
async fn what_arrives_expired_does_not_replace_what_has_expired() {
    let source = Scripted::new();
    let cache = sdk(&source);
    call(&cache).await.unwrap();
    source.advance(seconds(3_600));

    source.answers([Answer::ExpiresAt(START + seconds(3_598))]);

    assert_eq!(call(&cache).await, Ok("AKID-1".into()));
    assert_eq!(cache.stats().failures[&ErrorKind::ExpiredOnArrival], 1);
    assert_eq!(call(&cache).await, Ok("AKID-1".into()));
    assert_eq!(source.calls(), 2);
}

#[tokio::test]
async fn windows_of_seconds_are_kept_to_the_second() {
    let source = Scripted::new();
    source.answers([Answer::LivesFor(seconds(120))]);
    let mut policy = RefreshPolicy::aws_sdk();
    policy.advisory = Window::Fixed(seconds(45));
    policy.mandatory = seconds(10);
    let cache = source.builder().policy(policy).build();
    call(&cache).await.unwrap();
    source.fails(DOWN);

    source.advance(seconds(120 - 46));
    call(&cache).await.unwrap();
    assert_eq!(source.calls(), 1);
    source.advance(seconds(1));
    call(&cache).await.unwrap();
    assert_eq!(source.calls(), 2);
    assert_eq!(cache.stats().deadlines.unwrap().mandatory_at, START + seconds(110));
}

#[tokio::test]
async fn deadlines_go_by_the_lifetime_at_arrival_and_a_failure_leaves_them_alone() {
    let source = Scripted::new();
    source.answers([Answer::LivesFor(seconds(7_200))]);
    let cache = sdk(&source);
    call(&cache).await.unwrap();
    let at_arrival = cache.stats().deadlines;

    // 50 minutes are left: a window of 15 if it went by that, and not of 60.
    source.advance(seconds(70 * 60));
    source.fails(DOWN);
    assert_eq!(call(&cache).await, Ok("AKID-1".into()));

    assert_eq!(source.calls(), 2);
    assert_eq!(cache.stats().deadlines, at_arrival);
}

#[tokio::test]
async fn past_expiry_callers_wait_for_the_refresh_before_they_are_served_stale() {
    for policy in [RefreshPolicy::default(), RefreshPolicy::aws_sdk()] {
        let source = Scripted::new();
        let cache = source.builder().policy(policy).build();
        call(&cache).await.unwrap();
        source.advance(seconds(3_601));
        source.fails(DOWN);
        source.park();
        let waiting = [cache.clone(), cache.clone()]
            .map(|cache| tokio::spawn(async move { call(&cache).await }));
        settle().await;
        assert!(waiting.iter().all(|caller| !caller.is_finished()));

        source.release();

        for caller in waiting {
            assert_eq!(caller.await.unwrap(), Ok("AKID-1".into()));
        }
        assert_eq!(source.calls(), 2);
    }
}

/// An hour-long value that has just expired, over a source that is down, by real chance.
async fn expired_by_chance(policy: RefreshPolicy) -> (Scripted, CredentialsCache) {
    let source = Scripted::new();
    let cache = CredentialsCache::builder(source.clone())
        .clock(source.clock.clone())
        .policy(policy)
        .build();
    call(&cache).await.unwrap();
    source.advance(seconds(3_600));
    source.fails(DOWN);
    assert_eq!(call(&cache).await, Ok("AKID-1".into()));
    source.answers([Answer::Forever]);
    (source, cache)
}

#[tokio::test]
async fn whatever_chance_draws_a_pause_keeps_to_its_range() {
    for _ in 0..50 {
        let (source, cache) = expired_by_chance(RefreshPolicy::aws_sdk()).await;
        source.advance(seconds(300) - Duration::from_nanos(1));
        assert_eq!(call(&cache).await, Ok("AKID-1".into()));
        source.advance(seconds(301));
        assert_eq!(call(&cache).await, Ok("AKID-3".into()));
    }
}

#[tokio::test]
async fn whatever_chance_draws_a_refresh_begins_up_to_a_quarter_of_the_window_earlier() {
    let mut drawn = Vec::new();
    for _ in 0..50 {
        let source = Scripted::new();
        let cache = CredentialsCache::builder(source.clone()).clock(source.clock.clone()).build();
        call(&cache).await.unwrap();
        let deadlines = cache.stats().deadlines.unwrap();
        assert_eq!(deadlines.advisory_at, START + seconds(2_700));
        let earlier = deadlines.advisory_at.since(deadlines.refresh_at);
        assert!(earlier <= seconds(225), "{earlier:?}");
        drawn.push(earlier);
    }
    drawn.dedup();
    assert!(drawn.len() > 1, "a fleet would refresh in step");
}

#[tokio::test]
async fn a_denial_is_remembered_for_one_second_at_least_and_five_at_most() {
    for (drawn, remembered) in [(0.0, 1), (1.0, 5)] {
        let source = Scripted::new();
        source.fails(ErrorKind::AccessDenied);
        let cache = source.builder().chance(move || drawn).build();
        assert!(call(&cache).await.is_err());

        source.advance(seconds(remembered) - Duration::from_nanos(1));
        assert!(call(&cache).await.is_err());
        assert_eq!(source.calls(), 1);
        source.advance(Duration::from_nanos(1));
        assert!(call(&cache).await.is_err());
        assert_eq!(source.calls(), 2);
    }
}

/// Four rounds of fifty tasks on sixteen threads, each of which moves the clock on.
#[tokio::test(flavor = "multi_thread", worker_threads = 16)]
async fn nobody_gets_what_had_expired_before_they_asked() {
    let clock = ManualClock::at(START);
    let at = clock.clone();
    let cache = CredentialsCache::builder(move || {
        let expiry = at.now() + seconds(1_000);
        async move { Ok::<_, Error>(Credentials::builder("AKID", "s").expires_at(expiry).build()) }
    })
    .clock(clock.clone())
    .build();

    for _ in 0..4 {
        let mut tasks = JoinSet::new();
        for _ in 0..50 {
            let (cache, clock) = (cache.clone(), clock.clone());
            tasks.spawn(async move {
                let asked_at: Timestamp = clock.advance(seconds(22));
                match cache.credentials().await {
                    Ok(credentials) => assert!(credentials.expires_at().unwrap() > asked_at),
                    // The others moved the clock past it between the source and the cache.
                    Err(error) => assert_eq!(error.kind(), ErrorKind::ExpiredOnArrival),
                }
            });
        }
        tasks.join_all().await;
    }
}
