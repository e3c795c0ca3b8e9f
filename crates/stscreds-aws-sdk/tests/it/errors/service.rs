//! STS, or what stands in its place, when it does not work.

use std::time::Duration;

use aws_sdk_sts::config::Region;
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_smithy_async::time::{SharedTimeSource, StaticTimeSource};
use aws_types::sdk_config::Builder;
use fake_sts::fault::Fault;
use stscreds_aws_sdk::{SdkCache, StsClient};
use stscreds_core::Error;
use stscreds_provider::AssumeRoleProvider;

use super::{refused, told};
use crate::stage::{PLAIN, Stage};

/// The error of a role assumed with an SDK configured otherwise.
async fn with(stage: &Stage, configure: impl FnOnce(Builder) -> Builder) -> Error {
    let config = configure(stage.sdk_config().into_builder()).build();
    let provider = AssumeRoleProvider::builder(StsClient::new(&config), PLAIN.parse().unwrap());
    let error = refused(provider.build()).await;
    assert_eq!(error.role_arn(), Some(PLAIN));
    error
}

async fn check(case: &str, fault: Fault, requests: usize) -> Error {
    let stage = Stage::set().await;
    let fault = stage.fake.inject(fault);

    let error = with(&stage, |config| config).await;

    told(case, &error);
    let calls = stage.calls();
    assert_eq!((fault.hits(), calls.len()), (requests as u64, requests), "{case}");
    if error.sts_code().is_some() {
        let last = calls.last().map(|call| call.request_id.as_str());
        assert_eq!(error.request_id(), last.filter(|id| !id.is_empty()), "{case}");
    }
    error
}

fn page(status: u16) -> Fault {
    Fault::answer(status, "text/html", "<html>planted</html>")
}

#[tokio::test]
async fn what_passes_is_tried_three_times() {
    check("STS throttles the calls", Fault::error("Throttling"), 3).await;
    check("STS fails", Fault::error("ServiceUnavailable"), 3).await;
    check("a proxy before STS apologizes", page(502), 3).await;
}

#[tokio::test]
async fn what_does_not_pass_is_tried_once() {
    let odd = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>\
               <Type>Sender</Type><Code>NeverHeardOf</Code><Message>Something new</Message></Error>\
               <RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId></ErrorResponse>";
    let odd = Fault::answer(400, "text/xml", odd);
    check("STS answers an error that nobody has heard of", odd, 1).await;
    check("something else than STS answers", page(404), 1).await;
    let incomplete = Fault::missing_member("SessionToken");
    check("STS leaves out a member of its answer", incomplete, 1).await;
}

#[tokio::test]
async fn an_endpoint_where_nobody_listens_or_nobody_speaks_is_told_as_the_page_says() {
    let stage = Stage::set().await;
    let impatient = TimeoutConfig::builder().operation_timeout(Duration::from_millis(1)).build();

    let outage = stage.fake.outage().unwrap();
    let refused = with(&stage, |config| config).await;
    drop(outage);
    let _silence = stage.fake.inject(Fault::hang());
    let late = with(&stage, |config| config.timeout_config(impatient)).await;

    told("nobody listens at the endpoint", &refused);
    told("STS does not answer in time", &late);
}

#[tokio::test]
async fn a_region_without_sts_and_a_clock_that_is_off_are_told_as_the_page_says() {
    let stage = Stage::without("eu-south-1").await;
    let region = Region::new("eu-south-1");
    let hour_ago = StaticTimeSource::new((stage.clock().now() - Duration::from_secs(3600)).into());

    let disabled = with(&stage, |config| config.region(region)).await;
    // With repetitions the SDK corrects its clock by the Date of the first answer.
    let skewed = with(&stage, |config| {
        config.time_source(SharedTimeSource::new(hour_ago)).retry_config(RetryConfig::disabled())
    })
    .await;

    told("STS is not active in the region for the account", &disabled);
    told("the clock is an hour off", &skewed);
}

#[tokio::test]
async fn a_session_that_is_rejected_right_after_it_replaced_a_rejected_one() {
    let stage = Stage::set().await;
    let role = AssumeRoleProvider::builder(stage.sts(), PLAIN.parse().unwrap()).build();
    let cache = SdkCache::configured(role, |cache| cache.clock(stage.clock()));
    for _ in 0..2 {
        cache.credentials().await.unwrap();
        cache.invalidate();
    }

    let error = cache.refresh().await.unwrap_err();

    told("a service rejects the session that replaced a rejected one", &error);
}
