//! The cases that aws-sdk-go-v2 tests its `CredentialsCache` with.

use std::error::Error as StdError;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use stscreds_cache::{CredentialsCache, CredentialsCacheBuilder, RefreshPolicy};
use stscreds_core::{Credentials, Error, ErrorKind, Timestamp};
use tokio::task::JoinSet;

use crate::scripted::{Answer, START, Scripted, call, crowd, seconds};

/// The largest number below one that a random `f64` can be: all random bits set.
const ALL_ONES: f64 = 1.0 - f64::EPSILON / 2.0;

fn go(source: &Scripted, window: Duration, jitter: f64) -> CredentialsCacheBuilder {
    source.builder().policy(RefreshPolicy::go_classic(window, jitter))
}

/// Three calls, ten nanoseconds, three calls.
#[track_caller]
fn check_calls(answer: Answer, expected: u32) -> impl Future<Output = ()> {
    let source = Scripted::new();
    source.answers([answer]);
    let cache = go(&source, Duration::ZERO, 0.0).build();
    async move {
        for _ in 0..3 {
            call(&cache).await.unwrap();
        }
        source.advance(Duration::from_nanos(10));
        for _ in 0..3 {
            call(&cache).await.unwrap();
        }
        assert_eq!(source.calls(), expected);
    }
}

/// Where callers begin to wait, as seconds from the start.
async fn adjusted_expiry(cache: &CredentialsCache) -> Duration {
    call(cache).await.unwrap();
    cache.stats().deadlines.unwrap().mandatory_at.since(START)
}

#[tokio::test]
async fn c01_two_calls_get_the_same_value_of_one_contact() {
    let source = Scripted::new();
    source.answers([Answer::LivesFor(seconds(600))]);
    let cache = go(&source, Duration::ZERO, 0.0).build();

    let (first, second) = (cache.credentials().await.unwrap(), cache.credentials().await.unwrap());

    assert!(first.ptr_eq(&second));
    assert_eq!(source.calls(), 1);
}

#[tokio::test]
async fn c02_an_expired_value_is_fetched_again() {
    check_calls(Answer::LivesFor(Duration::from_nanos(5)), 2).await;
}

#[tokio::test]
async fn c03_a_value_that_never_expires_is_fetched_once() {
    check_calls(Answer::Forever, 1).await;
}

#[tokio::test]
async fn c04_a_value_that_expires_on_arrival_is_handed_out_and_fetched_on_each_call() {
    check_calls(Answer::LivesFor(Duration::ZERO), 6).await;
}

#[tokio::test(start_paused = true)]
async fn c05_a_hundred_tasks_at_odd_moments_make_one_contact() {
    let source = Scripted::new();
    source.answers([Answer::Forever]);
    let cache = go(&source, Duration::ZERO, 0.0).build();
    let mut random = fastrand::Rng::with_seed(5);
    let mut tasks = JoinSet::new();

    for _ in 0..100 {
        let (cache, delay) = (cache.clone(), Duration::from_millis(random.u64(0..=10)));
        tasks.spawn(async move {
            tokio::time::sleep(delay).await;
            call(&cache).await
        });
    }
    let answers = tasks.join_all().await;

    assert!(answers.iter().all(|answer| *answer == Ok("AKID-1".into())));
    assert_eq!(source.calls(), 1);
}

#[tokio::test]
async fn c06_two_callers_of_a_parked_source_are_both_released() {
    let source = Scripted::new();
    source.park();
    let cache = go(&source, Duration::ZERO, 0.0).build();
    let callers = crowd(&cache, 2).await;

    source.release();

    assert_eq!(callers.join_all().await, vec![Ok("AKID-1".to_owned()); 2]);
    assert_eq!(source.calls(), 1);
}

async fn check_window(window: u64, jitter: f64, chance: f64, expected: u64) {
    let source = Scripted::new();
    source.answers([Answer::LivesFor(seconds(100))]);
    let cache = go(&source, seconds(window), jitter).chance(move || chance).build();

    assert_eq!(adjusted_expiry(&cache).await, seconds(expected));

    // One nanosecond before it the value is served, and at it, it is fetched.
    source.advance(seconds(expected) - Duration::from_nanos(1));
    call(&cache).await.unwrap();
    assert_eq!(source.calls(), 1);
    source.advance(Duration::from_nanos(1));
    call(&cache).await.unwrap();
    assert_eq!(source.calls(), 2);
}

#[tokio::test]
async fn c07_without_a_window_the_expiry_is_as_it_is() {
    check_window(0, 0.0, 0.5, 100).await;
}

#[tokio::test]
async fn c08_a_window_moves_the_expiry_ahead() {
    check_window(50, 0.0, 0.5, 50).await;
}

#[tokio::test]
async fn c09_jitter_takes_a_share_of_the_window_back() {
    check_window(50, 0.5, 0.0, 50).await;
    check_window(50, 0.5, 0.4, 60).await;
    check_window(50, 0.5, 1.0, 75).await;
}

#[tokio::test]
async fn c10_jitter_without_a_window_is_none() {
    check_window(0, 0.5, 1.0, 100).await;
}

#[tokio::test]
async fn c11_a_failure_is_told_and_there_is_no_value() {
    let source = Scripted::new();
    let cache =
        CredentialsCache::builder(async || Err(Error::new(ErrorKind::AccessDenied, "failed")))
            .policy(RefreshPolicy::go_classic(Duration::ZERO, 0.0))
            .clock(source.clock.clone())
            .build();

    let error = cache.credentials().await.unwrap_err();

    assert!(error.to_string().contains("failed"));
    assert!(cache.peek().is_none());
}

#[tokio::test]
async fn c11_no_failure_is_remembered() {
    let source = Scripted::new();
    let cache = go(&source, Duration::ZERO, 0.0).build();
    for kind in [ErrorKind::AccessDenied, ErrorKind::Throttled] {
        source.fails(kind);
        assert_eq!(call(&cache).await, Err(kind));
        assert_eq!(call(&cache).await, Err(kind));
    }
    assert_eq!(source.calls(), 4);
}

async fn check_adjusted(window: u64, jitter: f64, expected: Duration) {
    let source = Scripted::new();
    let cache = go(&source, seconds(window), jitter).chance(|| ALL_ONES).build();

    let adjusted = adjusted_expiry(&cache).await;

    assert_eq!(seconds(adjusted.as_secs()), expected);
    let value = cache.peek().unwrap();
    assert_eq!(value.expires_at(), Some(START + seconds(3_600)));
}

#[tokio::test]
async fn c12_by_default_nothing_is_adjusted() {
    check_adjusted(0, 0.0, seconds(3_600)).await;
}

#[tokio::test]
async fn c13_by_default_the_window_is_taken_off() {
    check_adjusted(300, 0.0, seconds(55 * 60)).await;
}

#[tokio::test]
async fn c14_by_default_the_window_less_its_jitter_is_taken_off() {
    check_adjusted(300, 0.5, seconds(57 * 60 + 29)).await;
}

#[tokio::test]
async fn c15_a_failure_handler_may_yield_a_value_of_its_own() {
    let source = Scripted::new();
    let seen = Arc::new(Mutex::new(None));
    let handler = {
        let (seen, clock) = (Arc::clone(&seen), source.clock.clone());
        move |previous: Option<&Credentials>, error: &Error| {
            let key = previous.map(|value| value.access_key_id().to_owned());
            *seen.lock().unwrap() = Some((key, error.kind()));
            let expiry = clock.now() + seconds(3_600);
            Ok(Credentials::builder("AKID-HANDLER", "s").expires_at(expiry).build())
        }
    };
    let cache = go(&source, Duration::ZERO, 0.0).handle_failure(handler).build();
    call(&cache).await.unwrap();
    source.advance(seconds(7_200));
    source.fails(ErrorKind::ServiceUnavailable);

    assert_eq!(call(&cache).await, Ok("AKID-HANDLER".into()));
    assert_eq!(
        seen.lock().unwrap().take(),
        Some((Some("AKID-1".into()), ErrorKind::ServiceUnavailable))
    );
    assert_eq!(call(&cache).await, Ok("AKID-HANDLER".into()));
    assert_eq!(source.calls(), 2);
}

#[tokio::test]
async fn c16_a_failure_handler_may_fail_in_its_own_way() {
    let source = Scripted::new();
    source.fails(ErrorKind::ServiceUnavailable);
    let handler = |_: Option<&_>, error: &Error| {
        assert!(error.to_string().contains("scripted failure"));
        Err(Error::new(ErrorKind::Other, "some other error"))
    };
    let cache = go(&source, Duration::ZERO, 0.0).handle_failure(handler).build();

    let error = cache.credentials().await.unwrap_err();

    assert!(error.to_string().starts_with("some other error"));
    assert!(error.source().is_none());
}

#[tokio::test]
async fn c17_an_adjuster_is_given_the_window_and_has_the_last_word() {
    let source = Scripted::new();
    let given = Arc::new(Mutex::new(None));
    let adjuster = {
        let given = Arc::clone(&given);
        move |_: &_, window| {
            *given.lock().unwrap() = Some(window);
            Ok(START + seconds(25 * 60))
        }
    };
    let cache = go(&source, seconds(300), 0.0).adjust_expiry(adjuster).build();

    assert_eq!(adjusted_expiry(&cache).await, seconds(25 * 60));
    assert_eq!(given.lock().unwrap().take(), Some(seconds(300)));
}

#[tokio::test]
async fn c17_an_adjuster_is_given_what_a_failure_handler_yields() {
    let source = Scripted::new();
    source.fails(ErrorKind::ServiceUnavailable);
    let cache = go(&source, seconds(300), 0.0)
        .handle_failure(|_, _| {
            let expiry = START + seconds(3_600);
            Ok(Credentials::builder("AKID-HANDLER", "s").expires_at(expiry).build())
        })
        .adjust_expiry(|value, _| {
            assert_eq!(value.access_key_id(), "AKID-HANDLER");
            Ok(START + seconds(60))
        })
        .build();

    assert_eq!(adjusted_expiry(&cache).await, seconds(60));
}

/// Go would serve it until then. Nobody would accept it.
#[tokio::test]
async fn c17_an_adjuster_cannot_prolong_a_life() {
    let source = Scripted::new();
    let later = |_: &_, _| Ok(START + seconds(7_200));
    let cache = go(&source, seconds(300), 0.0).adjust_expiry(later).build();

    assert_eq!(adjusted_expiry(&cache).await, seconds(3_600));
}

#[tokio::test]
async fn c18_an_adjuster_that_fails_fails_the_refresh() {
    let source = Scripted::new();
    let adjuster = |_: &_, _| -> Result<Timestamp, Error> {
        Err(Error::new(ErrorKind::Other, "cannot adjust"))
    };
    let cache = go(&source, seconds(300), 0.0).adjust_expiry(adjuster).build();

    let error = cache.credentials().await.unwrap_err();

    assert!(error.to_string().starts_with("cannot adjust"));
    assert!(cache.peek().is_none());
}

#[tokio::test]
async fn c17_an_adjuster_is_not_asked_without_a_window() {
    let source = Scripted::new();
    let adjuster = |_: &_, _| -> Result<Timestamp, Error> {
        Err(Error::new(ErrorKind::Other, "nobody should ask"))
    };
    let cache = go(&source, Duration::ZERO, 0.0).adjust_expiry(adjuster).build();

    assert_eq!(adjusted_expiry(&cache).await, seconds(3_600));
}
