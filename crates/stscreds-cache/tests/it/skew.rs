//! A local clock that differs from the server's.

use stscreds_cache::ClockSkew;
use stscreds_core::{Expires, Timestamp};

use crate::scripted::{Answer, START, Scripted, call, seconds};

/// Where callers begin to wait for a value that the server says lives an hour, when
/// the server's clock is at `server`.
async fn mandatory_at(server: Timestamp) -> Timestamp {
    let skew = ClockSkew::new();
    skew.observe(server, START);
    let source = Scripted::new();
    source.answers([Answer::ExpiresAt(server + seconds(3_600))]);
    let cache = source.builder().clock_skew(skew).build();

    call(&cache).await.unwrap();

    // What the value itself says is the server's word.
    assert_eq!(cache.peek().unwrap().expires_at(), Some(server + seconds(3_600)));
    cache.stats().deadlines.unwrap().mandatory_at
}

#[tokio::test]
async fn an_hour_is_an_hour_whatever_the_clocks_say() {
    for server in [START, START + seconds(7_200), START - seconds(7_200)] {
        assert_eq!(mandatory_at(server).await, START + seconds(3_540));
    }
}

#[tokio::test]
async fn a_clock_an_hour_fast_does_not_make_values_arrive_expired() {
    let source = Scripted::new();
    let skew = ClockSkew::new();
    source.answers([Answer::ExpiresAt(START - seconds(2_700))]);
    let cache = source.builder().clock_skew(skew.clone()).build();
    assert!(call(&cache).await.is_err());

    skew.observe(START - seconds(3_600), START);

    assert_eq!(call(&cache).await, Ok("AKID-2".into()));
}
