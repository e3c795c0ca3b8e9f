//! A hit of ours allocates nothing, in any form.

use allocation_counter::measure;
use benches::{Entry, Form, Hit, Upstream, contenders, hits};

async fn hits_of(name: &str) -> Vec<Hit> {
    let entries = contenders::all();
    let entry: &Entry = entries.iter().find(|entry| entry.name == name).unwrap();
    hits(entry, Upstream::instant()).await.unwrap()
}

/// The difference of two lengths: whatever is allocated once is in both.
fn allocations_of_100(hit: &Hit) -> u64 {
    hit.run(1);
    let once = measure(|| hit.run(1)).count_total;
    measure(|| hit.run(101)).count_total - once
}

#[track_caller]
fn check(hits: &[Hit], form: Form, allocations: u64) {
    let hit = hits.iter().find(|hit| hit.form == form).unwrap();
    assert_eq!(allocations_of_100(hit), allocations, "{hit:?}");
}

#[tokio::test]
async fn neither_reading_nor_keeping_credentials_allocates() {
    let hits = hits_of("stscreds").await;

    check(&hits, Form::Borrowed, 0);
    check(&hits, Form::Owned, 0);
}

#[tokio::test]
async fn neither_half_of_the_sdks_cache_allocates() {
    check(&hits_of("stscreds-sdk-provider").await, Form::Owned, 0);
    check(&hits_of("stscreds-sdk-identity").await, Form::Owned, 0);
}

#[tokio::test]
async fn a_boxed_future_is_one_allocation() {
    check(&hits_of("stscreds-dyn").await, Form::Owned, 100);
}

#[tokio::test]
async fn the_sdks_own_cache_allocates_twice() {
    check(&hits_of("sdk-lazy").await, Form::Owned, 200);
}
