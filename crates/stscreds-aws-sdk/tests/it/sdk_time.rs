use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, Sleep};
use stscreds_aws_sdk::StsClient;
use stscreds_aws_sdk::time::{clock_of, time_source_of};
use stscreds_cache::{ClockSkew, CredentialsCache};
use stscreds_core::{Clock, CredentialsProvider, ErrorKind, TimeSource, Timestamp};
use stscreds_provider::AssumeRoleProvider;

use crate::service::{Answer, Service};
use crate::stage::{PLAIN, Stage};

/// Sleeps no time at all and remembers how long it should have been.
#[derive(Debug, Clone, Default)]
struct NoSleep(Arc<Mutex<Vec<Duration>>>);

impl AsyncSleep for NoSleep {
    fn sleep(&self, duration: Duration) -> Sleep {
        self.0.lock().unwrap().push(duration);
        Sleep::new(std::future::ready(()))
    }
}

const UNAVAILABLE: Answer = Answer { status: 503, content_type: "text/plain", body: "" };

#[tokio::test]
async fn calls_to_sts_sleep_by_the_configuration() {
    let stage = Stage::set().await;
    let service = Service::start(stage.clock(), |_| UNAVAILABLE).await;
    let sleeps = NoSleep::default();
    let config = stage.sdk_config().into_builder().endpoint_url(service.uri());
    // Without time limits, which are sleeps too.
    let config = config
        .timeout_config(TimeoutConfig::disabled())
        .sleep_impl(SharedAsyncSleep::new(sleeps.clone()))
        .build();
    let role = AssumeRoleProvider::builder(StsClient::new(&config), PLAIN.parse().unwrap());

    let error = role.build().credentials().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::ServiceUnavailable);
    assert_eq!(service.signers().len(), 3);
    // The pauses before the repetitions, of a millisecond or two here; longer sleeps watch for a body that stalls.
    let pauses = sleeps.0.lock().unwrap().iter().filter(|s| s.as_millis() < 10).count();
    assert_eq!(pauses, 2);
}

#[tokio::test]
async fn a_clock_of_the_configuration_is_the_configurations() {
    let stage = Stage::set().await;
    let clock = clock_of(&stage.sdk_config());

    stage.advance(77);

    assert_eq!(clock.now(), stage.clock().now());
}

/// What a clock shows that is so far behind another.
#[derive(Debug)]
struct Behind(Clock, Duration);

impl TimeSource for Behind {
    fn now(&self) -> Timestamp {
        self.0.now() - self.1
    }
}

#[tokio::test]
async fn a_value_lives_as_long_as_it_does_although_the_local_clock_is_behind() {
    let stage = Stage::set().await;
    let ten_minutes = Duration::from_secs(600);
    let local = Clock::custom(Behind(stage.clock(), ten_minutes));
    let config = stage.sdk_config().into_builder().time_source(time_source_of(local.clone()));
    let skew = ClockSkew::new();
    let sts = StsClient::new(&config.build()).clock_skew(skew.clone());
    let role = AssumeRoleProvider::builder(sts, PLAIN.parse().unwrap()).build();
    let cache = CredentialsCache::builder(role).clock(local.clone()).clock_skew(skew).build();

    cache.credentials().await.unwrap();

    let life = cache.stats().deadlines.unwrap().expires_at.unwrap().since(local.now());
    assert_eq!(life, Duration::from_secs(900), "and not 25 minutes");
    stage.advance(900);
    assert!(cache.peek().is_none());
}
