use std::time::Duration;

use stscreds_core::CredentialsProvider;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::stage::{DENIED, LIFE, Sts, id, wide};

#[tokio::test(start_paused = true)]
async fn ten_thousand_callers_for_a_hundred_cold_keys_make_a_hundred_calls() {
    let sts = Sts::new();
    let pool = sts.pool(&wide()).build();
    let mut callers = JoinSet::new();

    for caller in 0..10_000 {
        let pool = pool.clone();
        callers.spawn(async move { pool.credentials(&(caller % 100)).await });
    }
    let answers = callers.join_all().await;

    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(sts.calls(), 100);
    assert_eq!(pool.stats().entries, 100);
    assert_eq!(pool.stats().refreshes, 100);
    assert_eq!(pool.stats().lookups, 10_000);
}

#[tokio::test(start_paused = true)]
async fn each_key_has_credentials_of_its_own_for_its_whole_life() {
    let sts = Sts::new();
    let pool = sts.pool(&wide()).build();

    let seven = pool.credentials(&7).await.unwrap();
    let eight = pool.credentials(&8).await.unwrap();
    sleep(LIFE / 3).await;

    assert_eq!(seven.access_key_id(), "ASIA7-0");
    assert_eq!(eight.access_key_id(), "ASIA8-0");
    assert_eq!(pool.credentials(&7).await.unwrap().access_key_id(), "ASIA7-0");
    assert!(pool.peek(&9).is_none());
    assert_eq!(sts.calls(), 2, "a look adds no key");
}

#[tokio::test(start_paused = true)]
async fn what_nobody_uses_is_not_refreshed_and_what_is_due_is_while_it_is_served() {
    let sts = Sts::new();
    let pool = sts.pool(&wide()).build();
    for key in 0..10 {
        pool.credentials(&key).await.unwrap();
    }
    sleep(LIFE - Duration::from_secs(120)).await;
    assert_eq!(sts.calls(), 10);

    let served = pool.credentials(&3).await.unwrap();
    sleep(Duration::from_secs(1)).await;

    assert_eq!(served.access_key_id(), "ASIA3-0", "nobody waits");
    assert_eq!(sts.calls(), 11);
    assert_ne!(id(&pool.credentials(&3).await.unwrap()), id(&served));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_refused_or_panics_affects_no_other() {
    let sts = Sts::new();
    let pool = sts.pool(&wide()).build();

    pool.credentials(&DENIED).await.unwrap_err();
    pool.credentials(&DENIED).await.unwrap_err();

    pool.credentials(&1).await.unwrap();
    assert_eq!(sts.calls(), 2, "the refusal is remembered for a while");
    assert_eq!(pool.stats().failures.values().sum::<u64>(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_cache_of_a_key_is_the_entry_itself() {
    let sts = Sts::new();
    let pool = sts.pool(&wide()).build();
    let cache = pool.cache(&5);

    let first = cache.credentials().await.unwrap();
    assert_eq!(id(&pool.credentials(&5).await.unwrap()), id(&first));
    // What an SDK client does with a session that a service rejected.
    cache.reject(first.access_key_id());
    sleep(Duration::from_secs(1)).await;

    assert_ne!(id(&pool.credentials(&5).await.unwrap()), id(&first));
    assert_eq!(sts.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn one_or_some_or_all_can_be_invalidated_and_forgotten() {
    let sts = Sts::new();
    let pool = sts.pool(&wide()).build();
    for key in 0..10 {
        pool.credentials(&key).await.unwrap();
    }
    sleep(Duration::from_secs(1)).await;

    pool.invalidate(&0);
    let some = pool.invalidate_where(|key, credentials| {
        credentials.access_key_id().starts_with("ASIA") && *key >= 8
    });
    pool.remove(&1);
    for key in 0..10 {
        pool.credentials(&key).await.unwrap();
    }

    assert_eq!(some, 2);
    assert_eq!(sts.calls(), 10 + 1 + 2 + 1);
}

#[tokio::test(start_paused = true)]
async fn warming_fetches_every_key_and_tells_of_each() {
    let sts = Sts::new();
    let pool = sts.pool(&wide()).build();
    let mut warming = pool.warm((0..600).chain([DENIED]));
    let (mut fetched, mut refused) = (0, 0);

    while let Some((key, outcome)) = warming.next().await {
        match outcome {
            Ok(()) => fetched += 1,
            Err(_) => {
                refused += 1;
                assert_eq!(key, DENIED);
            }
        }
    }

    assert_eq!((fetched, refused, warming.left()), (600, 1, 0));
    assert!(pool.with(&599, |_| ()).is_some());
}

#[test]
fn one_pool_serves_many_runtimes_that_come_and_go() {
    let sts = Sts::that_takes(Duration::ZERO);
    let pool = sts.pool(&wide()).build();

    for key in 0..20 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { pool.credentials(&(key / 2)).await.unwrap() });
    }

    assert_eq!(sts.calls(), 10);
}

/// A session of a quarter of an hour never has more: that makes one call, and not one per request.
#[tokio::test(start_paused = true)]
async fn more_life_than_a_session_has_causes_no_call_per_request() {
    let sts = Sts::new();
    let pool = sts.pool(&wide()).build();
    let least = LIFE - Duration::from_secs(300);

    for _ in 0..100 {
        pool.remaining(&1, LIFE + LIFE).await.unwrap();
    }
    assert_eq!(sts.calls(), 1);
    // With seven minutes left it is fetched anew, once.
    sleep(Duration::from_secs(480)).await;
    let renewed = pool.remaining(&1, least).await.unwrap();
    assert_eq!(id(&renewed), id(&pool.remaining(&1, least).await.unwrap()));
    assert_eq!(sts.calls(), 2);
}
