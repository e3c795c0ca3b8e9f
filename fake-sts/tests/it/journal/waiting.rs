//! Waiting for calls.

use std::sync::Arc;
use std::time::Duration;

use fake_sts::FakeSts;
use fake_sts::journal::{Filter, WaitError};

use super::frozen;
use crate::client::{ALICE, BOB, ask, call, keys};

async fn identity(sts: &FakeSts, key: (&str, &str)) {
    ask(sts, &keys(key), call("GetCallerIdentity", &[])).await;
}

/// What a future is ready with, without any waiting.
async fn at_once<F: Future>(future: F) -> Option<F::Output> {
    tokio::time::timeout(Duration::ZERO, future).await.ok()
}

#[tokio::test]
async fn waiting_ends_with_the_call_that_completes_the_number() {
    let sts = Arc::new(frozen().await);
    let waiting = Arc::clone(&sts);
    let waiting = tokio::spawn(async move {
        let journal = waiting.journal();
        journal.wait_for(Filter::new().access_key(ALICE.0), 2).await
    });
    tokio::task::yield_now().await;

    for key in [ALICE, BOB, ALICE, ALICE] {
        identity(&sts, key).await;
    }

    let calls = waiting.await.unwrap().unwrap();
    assert_eq!(calls.iter().map(|call| call.sequence).collect::<Vec<_>>(), [1, 3]);
}

#[tokio::test]
async fn calls_that_are_there_already_count() {
    let sts = frozen().await;
    identity(&sts, ALICE).await;

    let calls = at_once(sts.journal().wait_for(Filter::new(), 1)).await;

    assert_eq!(calls.unwrap().unwrap().len(), 1);
    assert!(at_once(sts.journal().wait_for(Filter::new(), 0)).await.is_some());
    assert!(at_once(sts.journal().wait_for(Filter::new(), 2)).await.is_none());
}

#[tokio::test]
async fn who_stops_waiting_leaves_nothing_behind() {
    let sts = frozen().await;
    let before = format!("{:?}", sts.journal());

    assert!(at_once(sts.journal().wait_for(Filter::new(), 1)).await.is_none());

    assert_eq!(format!("{:?}", sts.journal()), before);
}

#[tokio::test]
async fn waiting_too_long_tells_what_came_instead() {
    let sts = frozen().await;
    identity(&sts, ALICE).await;
    identity(&sts, BOB).await;

    let filter = Filter::new().access_key(ALICE.0);
    let error = sts.journal().wait_for_within(filter, 2, Duration::ZERO).await.unwrap_err();

    assert_eq!(
        error.to_string(),
        "1 call with key AKIARTX3GSDSQALICE22 came, at least 2 expected within 0ns\n  \
         #1 2026-07-13T10:00:00Z GetCallerIdentity by arn:aws:iam::111122223333:user/alice: 200 OK\n\
         1 other call came:\n  \
         #2 2026-07-13T10:00:00Z GetCallerIdentity by arn:aws:iam::111122223333:user/bob: 200 OK\n    \
         access key: AKIARTX3GSDSQBOB2222, not AKIARTX3GSDSQALICE22"
    );
}

#[tokio::test]
async fn waiting_for_the_impossible_ends_at_once() {
    let sts = frozen().await;

    let error = sts.journal().wait_for_within(Filter::new().role("x"), 1, Duration::MAX).await;

    assert!(matches!(error, Err(WaitError::Impossible(_))));
}
