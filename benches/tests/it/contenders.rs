//! Every contender is a cache, and the calls it makes are counted.

use std::sync::Arc;
use std::time::Duration;

use benches::{Entry, Invalidation, Upstream, contenders};

const HOUR: Duration = Duration::from_secs(3_600);

fn slow() -> Upstream {
    Upstream::new(Duration::from_millis(20), HOUR, HOUR / 4)
}

/// The calls that so many tasks make who find an empty cache at once.
async fn calls_of_a_herd(entry: &Entry, tasks: usize, upstream: &Upstream) -> u64 {
    let cache = entry.build(upstream.clone());
    let all: Vec<_> = (0..tasks).map(|_| tokio::spawn(Arc::clone(&cache).gets(1))).collect();
    for task in all {
        let _outcome = task.await.unwrap();
    }
    upstream.calls()
}

#[tokio::test(start_paused = true)]
async fn what_is_fresh_is_fetched_once_by_everyone() {
    for entry in contenders::all() {
        let upstream = slow();
        let cache = entry.build(upstream.clone());

        Arc::clone(&cache).gets(3).await.unwrap();
        let read = cache.borrow_here(3);

        assert_eq!(upstream.calls(), 1, "{}", entry.name);
        assert!(read == 0 || read == 3, "{}: {read}", entry.name);
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_invalidated_is_fetched_anew() {
    for entry in contenders::all() {
        let upstream = slow();
        let cache = entry.build(upstream.clone());
        Arc::clone(&cache).gets(1).await.unwrap();

        let invalidation = cache.invalidate();
        Arc::clone(&cache).gets(1).await.unwrap();

        let calls = if invalidation == Invalidation::Done { 2 } else { 1 };
        assert_eq!(upstream.calls(), calls, "{}", entry.name);
    }
}

#[tokio::test(start_paused = true)]
async fn a_herd_makes_one_call_where_there_is_a_single_flight() {
    for entry in contenders::all() {
        let each_fetches = entry.holds.contains("each caller fetches");

        let calls = calls_of_a_herd(&entry, 50, &slow()).await;

        assert_eq!(calls, if each_fetches { 50 } else { 1 }, "{}", entry.name);
    }
}

#[tokio::test(start_paused = true)]
async fn a_failing_source_is_asked_once_by_ours_and_by_each_caller_of_the_sdks() {
    let calls = async |name: &str| {
        let upstream = slow();
        upstream.go_down();
        let entries = contenders::all();
        let entry = entries.iter().find(|entry| entry.name == name).unwrap();
        calls_of_a_herd(entry, 20, &upstream).await
    };

    assert_eq!(calls("stscreds").await, 1);
    assert_eq!(calls("stscreds-sdk-identity").await, 1);
    assert_eq!(calls("sdk-lazy").await, 20);
}
