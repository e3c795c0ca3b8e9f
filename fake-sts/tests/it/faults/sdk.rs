//! Faults as the AWS SDK sees them, without a socket.

use std::time::Duration;

use aws_sdk_sts::Client;
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_sdk_sts::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityError;
use fake_sts::FakeSts;
use fake_sts::fault::{Ending, Fault, Point};

fn in_memory() -> FakeSts {
    FakeSts::builder().without_socket().unwrap()
}

fn client(sts: &FakeSts) -> Client {
    let retries = RetryConfig::standard().with_initial_backoff(Duration::from_millis(1));
    let config = sts.sdk_config().into_builder().retry_config(retries);
    Client::new(&config.build())
}

async fn whoami(sts: &FakeSts) -> Result<String, SdkError<GetCallerIdentityError>> {
    let answer = client(sts).get_caller_identity().send().await?;
    Ok(answer.arn().unwrap().to_owned())
}

#[tokio::test(start_paused = true)]
async fn what_passes_is_tried_again_until_it_has_passed() {
    for fault in [
        Fault::error("Throttling"),
        Fault::error("InternalFailure"),
        Fault::page(503),
        Fault::reset(),
        Fault::disconnect(Ending::Close, Point::BeforeAnswer),
    ] {
        let sts = in_memory();
        let guard = sts.inject(fault.clone().times(2));

        whoami(&sts).await.unwrap_or_else(|error| panic!("{fault:?}: {error:?}"));

        assert_eq!((guard.hits(), sts.journal().total()), (2, 3), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_does_not_pass_is_given_up_after_three_attempts() {
    let sts = in_memory();
    let guard = sts.inject(Fault::error("Throttling"));

    let error = whoami(&sts).await.unwrap_err();

    assert_eq!((error.code(), guard.hits()), (Some("Throttling"), 3));
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_a_connection_that_fails() {
    let sts = in_memory();
    let outage = sts.outage().unwrap();

    let error = whoami(&sts).await.unwrap_err();
    drop(outage);

    assert!(matches!(&error, SdkError::DispatchFailure(failure) if failure.is_io()), "{error:?}");
    assert_eq!(sts.journal().total(), 0);
    assert!(whoami(&sts).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_breaks_off_or_lies_about_itself_is_an_error() {
    for fault in
        [Fault::truncated(), Fault::disconnect(Ending::Reset, Point::MidAnswer), Fault::malformed()]
    {
        let sts = in_memory();
        let guard = sts.inject(fault.clone());

        assert!(whoami(&sts).await.is_err(), "{fault:?}");

        assert!(guard.hits() >= 1, "{fault:?}");
        drop(guard);
        assert!(whoami(&sts).await.is_ok(), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn silence_and_delays_meet_the_time_limits_of_the_client() {
    for fault in
        [Fault::hang(), Fault::delay(Duration::from_secs(3600)), Fault::wrong_content_length(1)]
    {
        let sts = in_memory();
        let guard = sts.inject(fault.clone());
        let limit = TimeoutConfig::builder().operation_timeout(Duration::from_secs(10)).build();
        let config = sts.sdk_config().into_builder().timeout_config(limit).build();

        let error = Client::new(&config).get_caller_identity().send().await.unwrap_err();

        assert!(matches!(error, SdkError::TimeoutError(_)), "{fault:?}: {error:?}");
        assert_eq!((guard.hits(), sts.journal().total()), (1, 1), "{fault:?}");
    }
}
