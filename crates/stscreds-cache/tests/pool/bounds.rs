use std::time::Duration;

use tokio::time::sleep;

use crate::stage::{DENIED, LIFE, Sts, id, wide};

#[tokio::test(start_paused = true)]
async fn a_hundred_thousand_unknown_keys_push_out_no_live_session() {
    let sts = Sts::that_takes(Duration::ZERO);
    let pool = sts.pool(&wide()).capacity(100).build();
    for key in 0..100 {
        pool.credentials(&key).await.unwrap();
    }

    for key in 0..20_000 {
        pool.credentials(&(DENIED + key)).await.unwrap_err();
    }

    assert!((0..100).all(|key| pool.peek(&key).is_some()));
    assert!(pool.stats().entries <= 102, "{}", pool.stats().entries);
    for key in 0..100 {
        pool.credentials(&key).await.unwrap();
    }
    assert_eq!(sts.calls(), 100 + 20_000);
}

#[tokio::test(start_paused = true)]
async fn what_was_not_used_for_longest_leaves_a_full_pool() {
    let sts = Sts::that_takes(Duration::ZERO);
    let pool = sts.pool(&wide()).capacity(10).build();
    for key in 0..10 {
        pool.credentials(&key).await.unwrap();
    }
    // A sweep clears the marks of those that came before it.
    for key in 10..20 {
        pool.credentials(&key).await.unwrap();
        pool.credentials(&3).await.unwrap();
    }

    assert!(pool.peek(&3).is_some(), "it was used all the time");
    assert!(pool.stats().entries <= 11, "{}", pool.stats().entries);
    assert!(pool.stats().evictions >= 9);
}

#[tokio::test(start_paused = true)]
async fn an_entry_with_a_handle_stays_and_one_without_leaves_when_it_is_of_no_use() {
    let sts = Sts::that_takes(Duration::ZERO);
    let pool = sts.pool(&wide()).capacity(1_000).idle_after(Duration::from_secs(60)).build();
    let held = pool.cache(&0);
    held.credentials().await.unwrap();
    for key in 1..50 {
        pool.credentials(&key).await.unwrap();
    }
    let reader = pool.cache(&1).reader();

    sleep(LIFE + Duration::from_secs(3_600)).await;
    for key in 100..200 {
        pool.credentials(&key).await.unwrap();
    }

    assert_eq!(pool.stats().entries, 2 + 100);
    held.credentials().await.unwrap();
    let [pooled, held] = [pool.peek(&0), held.peek()].map(|value| id(&value.unwrap()));
    assert_eq!(pooled, held, "it is one entry");
    drop(reader);
}

#[tokio::test(start_paused = true)]
async fn an_entry_that_is_being_refreshed_stays_although_its_caller_has_left() {
    let sts = Sts::that_takes(Duration::from_secs(10));
    let pool = sts.pool(&wide()).capacity(1).build();
    let abandoned = tokio::time::timeout(Duration::from_secs(1), pool.credentials(&0)).await;
    assert!(abandoned.is_err());

    pool.credentials(&1).await.unwrap();
    pool.credentials(&0).await.unwrap();

    let calls: Vec<_> = sts.asked().into_iter().map(|(_, key)| key).collect();
    assert_eq!(calls, [0, 1], "the refresh went on and its value was used");
}

#[tokio::test(start_paused = true)]
async fn numbers_that_make_no_sense_are_taken_for_the_nearest_that_do() {
    let sts = Sts::that_takes(Duration::ZERO);
    let budget = stscreds_cache::pool::Budget::per_second(0).burst(0).concurrency(0).build();
    let pool = sts.pool(&budget).capacity(0).build();

    for key in 0..5 {
        pool.credentials(&key).await.unwrap();
    }

    assert_eq!(sts.calls(), 5);
    assert_eq!(sts.asked().last().unwrap().0.as_secs(), 4, "one a second");
}
