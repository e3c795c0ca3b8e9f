//! Every contender is a cache, and the calls it makes are counted.

use std::sync::Arc;
use std::time::Duration;

use benches::many::{Crowd, crowds};
use benches::{Entry, Flight, Invalidation, Level, Upstream};

const HOUR: Duration = Duration::from_secs(3_600);

/// The one of the front page, as it would be pasted.
#[path = "../../example/mine.rs"]
mod mine;

/// Every contender, and the one of the front page.
fn contenders() -> Vec<Entry> {
    let mut contenders = benches::contenders::all();
    contenders.push(Entry::of::<mine::Mine>());
    contenders
}

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
    for entry in contenders() {
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
    for entry in contenders() {
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
    for entry in contenders() {
        let calls = calls_of_a_herd(&entry, 50, &slow()).await;

        let wanted = match entry.flight {
            Flight::Single => 1,
            Flight::EachCaller => 50,
        };
        assert_eq!(calls, wanted, "{}", entry.name);
    }
}

#[tokio::test(start_paused = true)]
async fn a_failing_source_is_asked_once_by_ours_and_by_each_caller_of_the_sdks() {
    let calls = async |name: &str| {
        let upstream = slow();
        upstream.go_down();
        let entries = contenders();
        let entry = entries.iter().find(|entry| entry.name == name).unwrap();
        calls_of_a_herd(entry, 20, &upstream).await
    };

    assert_eq!(calls("stscreds").await, 1);
    assert_eq!(calls("stscreds-sdk-identity").await, 1);
    assert_eq!(calls("sdk-lazy").await, 20);
}

#[test]
fn each_contender_takes_part_where_there_are_many() {
    for entry in contenders().into_iter().filter(|entry| entry.level == Level::Direct) {
        let filled = Crowd::of(&entry).fill(3).unwrap();

        for key in 0..3 {
            assert!(filled.read(key) > 0, "{}", entry.name);
        }
    }
    let named = crowds().into_iter().map(|crowd| crowd.name).collect::<Vec<_>>();
    for entry in benches::contenders::all() {
        let is_in = named.contains(&entry.name);
        let is_wanted = entry.level == Level::Direct && entry.twin.is_none();
        assert!(is_in || !is_wanted, "{}", entry.name);
    }
}
