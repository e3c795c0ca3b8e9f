//! What the caches are in front of.

use std::time::Duration;

use benches::{Refused, Upstream};

fn upstream() -> Upstream {
    Upstream::new(Duration::from_millis(20), Duration::from_secs(60), Duration::from_secs(6))
}

#[tokio::test(start_paused = true)]
async fn it_counts_its_calls_also_those_that_fail() {
    let upstream = upstream();

    upstream.fetch().await.unwrap();
    upstream.go_down();
    let refused = upstream.fetch().await.err();
    upstream.come_up();
    upstream.fetch().await.unwrap();

    assert_eq!(refused, Some(Refused));
    assert_eq!(upstream.calls(), 3);
    assert_eq!(upstream.busy().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn each_value_can_be_told_from_the_next_and_has_one_expiry_in_both_forms() {
    let upstream = upstream();

    let (first, second) = (upstream.fetch().await.unwrap(), upstream.fetch().await.unwrap());

    assert_ne!(first.ours().access_key_id(), second.ours().access_key_id());
    assert_eq!(first.sdk().access_key_id(), first.ours().access_key_id());
    assert_eq!(first.ours().expires_at(), first.sdk().expiry().map(Into::into));
}
