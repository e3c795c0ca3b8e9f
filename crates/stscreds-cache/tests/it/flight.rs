//! One contact with the source, however many callers there are.

use stscreds_core::ErrorKind;
use tokio::task::JoinSet;

use crate::scripted::{Answer, Scripted, call, seconds, settle};

#[tokio::test]
async fn ten_thousand_cold_callers_make_one_call() {
    let source = Scripted::new();
    source.park();
    let cache = source.cache();
    let mut callers = JoinSet::new();
    for _ in 0..10_000 {
        let cache = cache.clone();
        callers.spawn(async move { call(&cache).await });
    }
    settle().await;

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
    let mut callers = JoinSet::new();
    for _ in 0..1_000 {
        let cache = cache.clone();
        callers.spawn(async move { call(&cache).await });
    }
    settle().await;

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
