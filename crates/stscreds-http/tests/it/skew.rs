use std::sync::{Arc, Mutex};
use std::time::Duration;

use stscreds_core::{CredentialsProvider, ErrorKind, ManualClock, Timestamp};
use stscreds_provider::AssumeRoleProvider;

use crate::stage::{PLAIN, Stage};

/// A provider whose clock is ahead of the fake's by so many seconds, or behind it.
fn off_by(stage: &Stage, seconds: i64) -> (AssumeRoleProvider, ManualClock) {
    let amount = Duration::from_secs(seconds.unsigned_abs());
    let now = stage.clock().now();
    let clock = ManualClock::at(if seconds >= 0 { now + amount } else { now - amount });
    let sts = stage.builder().clock(clock.clone().into()).credentials(stage.keys()).build();
    (AssumeRoleProvider::builder(sts, PLAIN.parse().unwrap()).build(), clock)
}

#[tokio::test]
async fn a_clock_that_is_off_costs_one_request_once() {
    for seconds in [-86_000, -7_200, -1_000, 1_000, 7_200, 86_000] {
        let stage = Stage::set().await;
        let (provider, _) = off_by(&stage, seconds);

        provider.credentials().await.unwrap();
        assert_eq!(stage.call_count(), 2, "off by {seconds} s");

        provider.credentials().await.unwrap();
        assert_eq!(stage.call_count(), 3, "off by {seconds} s");
    }
}

#[tokio::test]
async fn a_clock_that_is_off_by_little_or_set_right_meanwhile_needs_nothing() {
    let stage = Stage::set().await;
    for seconds in [-200, 0, 200] {
        let before = stage.call_count();
        off_by(&stage, seconds).0.credentials().await.unwrap();
        assert_eq!(stage.call_count(), before + 1);
    }

    let (provider, clock) = off_by(&stage, 3_600);
    provider.credentials().await.unwrap();
    clock.set(stage.clock().now());
    let before = stage.call_count();
    provider.credentials().await.unwrap();
    assert_eq!(stage.call_count(), before + 2, "found out, and corrected again");
}

#[tokio::test]
async fn a_date_that_is_off_by_more_than_a_day_is_not_believed() {
    for seconds in [-100_000, 100_000] {
        let stage = Stage::set().await;

        let error = off_by(&stage, seconds).0.credentials().await.unwrap_err();

        assert_eq!((error.kind(), stage.call_count()), (ErrorKind::ClockSkew, 1));
    }
}

#[tokio::test]
async fn the_date_of_each_response_is_reported_with_the_local_time() {
    let stage = Stage::set().await;
    let seen = Arc::<Mutex<Vec<(Timestamp, Timestamp)>>>::default();
    let noted = Arc::clone(&seen);
    let sts = stage
        .builder()
        .credentials(stage.keys())
        .on_date(move |server, local| noted.lock().unwrap().push((server, local)))
        .build();

    let provider = AssumeRoleProvider::builder(sts, PLAIN.parse().unwrap()).build();
    provider.credentials().await.unwrap();

    let now = stage.clock().now();
    assert_eq!(*seen.lock().unwrap(), [(now, now)]);
}
