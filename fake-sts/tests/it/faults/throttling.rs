//! Rates by the virtual clock, delays by the real one.

use std::time::Duration;

use axum::body::Body;
use fake_sts::FakeSts;
use fake_sts::fault::Fault;
use tower::ServiceExt as _;

use super::{PLAIN, assume, frozen, whoami};
use crate::client::{ALICE, ask, keys};

async fn answered(sts: &FakeSts, calls: usize) -> usize {
    let mut answered = 0;
    for _ in 0..calls {
        answered += usize::from(ask(sts, &keys(ALICE), whoami()).await.status == 200);
    }
    answered
}

#[tokio::test]
async fn a_rate_is_kept_by_the_virtual_clock() {
    let sts = frozen().await;
    let throttle = sts.inject(Fault::throttle(2.0, 3));

    assert_eq!(answered(&sts, 5).await, 3);
    sts.clock().advance(Duration::from_secs(1));
    assert_eq!(answered(&sts, 5).await, 2);
    sts.clock().advance(Duration::from_secs(3600));
    assert_eq!(answered(&sts, 5).await, 3);

    assert_eq!(throttle.hits(), 7);
    let codes =
        sts.journal().calls().iter().filter(|call| call.code() == Some("Throttling")).count();
    assert_eq!(codes, 7);
}

#[tokio::test]
async fn a_fault_lasts_by_the_virtual_clock() {
    let sts = frozen().await;
    let outage = sts.inject(Fault::page(502).lasting(Duration::from_secs(60)));
    sts.clock().advance(Duration::from_secs(59));

    assert_eq!(answered(&sts, 1).await, 0);
    sts.clock().advance(Duration::from_secs(1));
    assert_eq!(answered(&sts, 1).await, 1);
    assert_eq!(outage.hits(), 1);
    assert!(!sts.faults().list()[0].active);
}

/// Under tokio's paused time, without a socket: how long a call takes there.
async fn took(sts: &FakeSts) -> Duration {
    let request = whoami().signed(sts, &keys(ALICE)).map(Body::new);
    let start = tokio::time::Instant::now();
    assert_eq!(sts.router().oneshot(request).await.unwrap().status(), 200);
    start.elapsed()
}

#[tokio::test(start_paused = true)]
async fn delays_add_up_and_follow_the_time_of_tokio() {
    let sts = FakeSts::builder().without_socket().unwrap();
    let hour = sts.inject(Fault::delay(Duration::from_secs(3600)));
    let second = sts.inject(Fault::delay(Duration::from_secs(1)));

    // Timers have the resolution of a millisecond.
    assert_eq!(took(&sts).await.as_secs(), 3601);
    drop(hour);
    assert_eq!(took(&sts).await.as_secs(), 1);
    drop(second);
    assert_eq!(took(&sts).await, Duration::ZERO);

    let marks = sts.journal().calls().iter().map(|call| call.faults.len()).collect::<Vec<_>>();
    assert_eq!(marks, [2, 1, 0]);
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_draws_the_same_delays() {
    let sts = FakeSts::builder().without_socket().unwrap();
    let (least, most) = (Duration::from_secs(1), Duration::from_secs(2));
    let mut runs = Vec::new();
    for seed in [7, 7, 8] {
        let _delay = sts.inject(Fault::delay_between(least, most).seed(seed));
        let mut delays = Vec::new();
        for _ in 0..20 {
            delays.push(took(&sts).await);
        }
        let resolution = Duration::from_millis(1);
        assert!(
            delays.iter().all(|delay| (least..=most + resolution).contains(delay)),
            "{delays:?}"
        );
        runs.push(delays);
    }

    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
    runs[0].dedup();
    assert!(runs[0].len() > 15, "{:?}", runs[0]);
}

#[tokio::test(start_paused = true)]
async fn a_delayed_answer_was_decided_before_the_delay() {
    let sts = FakeSts::builder().without_socket().unwrap();
    let delay = sts.inject(Fault::delay(Duration::from_secs(5)).on("AssumeRole"));
    let request = assume(PLAIN).signed(&sts, &keys(ALICE)).map(Body::new);
    let impatient = tokio::time::timeout(Duration::from_secs(1), sts.router().oneshot(request));

    assert!(impatient.await.is_err());

    assert_eq!(delay.hits(), 1);
    assert_eq!((sts.journal().total(), sts.journal().calls()[0].status), (1, 200));
}
