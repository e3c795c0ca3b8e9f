//! A clock that was off, and that somebody has set right.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use aws_sdk_sts::config::retry::RetryConfig;
use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use fake_sts::FakeSts;
use stscreds_aws_sdk::StsClient;
use stscreds_core::{CredentialsProvider, ErrorKind};
use stscreds_provider::{AssumeRoleProvider, CallerIdentityClient};

use crate::stage::{DEVICE, GUARDED, Stage};

/// The local clock: that of STS, and so many seconds off.
#[derive(Debug, Clone)]
struct OffBy(Arc<FakeSts>, Arc<AtomicI64>);

impl TimeSource for OffBy {
    fn now(&self) -> SystemTime {
        let off = self.1.load(Ordering::SeqCst);
        let distance = Duration::from_secs(off.unsigned_abs());
        match off < 0 {
            true => self.0.clock().now() - distance,
            false => self.0.clock().now() + distance,
        }
    }
}

/// How often STS was asked at each setting of the clock.
async fn calls_at(offsets: &[i64], retries: RetryConfig) -> Vec<Result<usize, ErrorKind>> {
    let stage = Stage::set().await;
    let clock = OffBy(Arc::clone(&stage.fake), Arc::default());
    let config = stage
        .sdk_config()
        .into_builder()
        .time_source(SharedTimeSource::new(clock.clone()))
        .retry_config(retries.with_initial_backoff(Duration::from_millis(1)))
        .build();
    let sts = StsClient::new(&config);
    let mut outcomes = Vec::new();
    for offset in offsets {
        clock.1.store(*offset, Ordering::SeqCst);
        let before = stage.call_count();
        let outcome = sts.caller_identity().await;
        let calls = stage.call_count() - before;
        outcomes.push(outcome.map(|_| calls).map_err(|error| error.kind()));
    }
    outcomes
}

#[tokio::test]
async fn a_call_refused_because_of_the_clock_is_repeated_once_with_the_corrected_one() {
    let offsets = [2520, 2520, 0, 0, -1200, -1200, 0, 0];

    let calls = calls_at(&offsets, RetryConfig::standard()).await;

    // Each time that the clock was set, and not while it stays: the SDK keeps what it has learned.
    assert_eq!(calls, [Ok(2), Ok(1), Ok(2), Ok(1), Ok(2), Ok(1), Ok(2), Ok(1)]);
}

#[tokio::test]
async fn without_retries_the_call_fails_and_the_next_one_succeeds() {
    let calls = calls_at(&[2520, 2520, 0, 0], RetryConfig::disabled()).await;

    let skewed = Err(ErrorKind::ClockSkew);
    assert_eq!(calls, [skewed, Ok(1), skewed, Ok(1)]);
}

#[tokio::test]
async fn a_code_survives_the_refusal_of_the_clock() {
    let stage = Stage::set().await;
    let clock = OffBy(Arc::clone(&stage.fake), Arc::new(AtomicI64::new(3600)));
    let config =
        stage.sdk_config().into_builder().time_source(SharedTimeSource::new(clock.clone())).build();
    let code = stage.mfa_codes();
    let sts = StsClient::new(&config);
    let provider = AssumeRoleProvider::builder(sts, GUARDED.parse().unwrap())
        .mfa(DEVICE.parse().unwrap(), move |_| std::future::ready(code()))
        .build();

    let first = provider.credentials().await;
    clock.1.store(0, Ordering::SeqCst);
    stage.advance(30);
    let second = provider.credentials().await;

    assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
    assert_eq!(stage.call_count(), 4);
}
