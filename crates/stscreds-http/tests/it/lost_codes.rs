//! MFA codes and responses that are lost, over real HTTP.

use fake_sts::fault::Fault;
use stscreds_core::{CredentialsProvider, ErrorKind};
use stscreds_provider::{AssumeRoleProvider, SessionTokenProvider};

use crate::stage::{DEVICE, GUARDED, Stage};

#[tokio::test]
async fn a_code_whose_response_was_lost_is_sent_once_and_the_next_one_opens() {
    for fault in [
        Fault::reset().after_operation(),
        Fault::error("ServiceUnavailable"),
        Fault::page(502),
        Fault::truncated(),
    ] {
        let stage = Stage::set().await;
        let fault = stage.fake.inject(fault.times(1));
        let code = stage.mfa_codes();
        let asked = move |_| std::future::ready(code());
        let provider = stage.assume(GUARDED).mfa(DEVICE.parse().unwrap(), asked).build();

        let error = provider.credentials().await.unwrap_err();

        assert_eq!((fault.hits(), stage.call_count()), (1, 1), "{error}");
        assert!(error.to_string().contains("the MFA code may be spent"), "{error}");
        assert!(error.is_recoverable(), "{error}");

        stage.advance(30);
        assert!(provider.credentials().await.is_ok());
        assert_eq!(stage.call_count(), 2);
    }
}

#[tokio::test]
async fn a_code_that_sts_throttled_is_sent_again_and_opens() {
    let stage = Stage::set().await;
    let throttling = stage.fake.inject(Fault::error("Throttling").times(2));
    let code = stage.mfa_codes();
    let session = SessionTokenProvider::builder(stage.sts())
        .mfa(DEVICE.parse().unwrap(), move |_| std::future::ready(code()))
        .build();

    session.credentials().await.unwrap();

    assert_eq!((throttling.hits(), stage.call_count()), (2, 3));
}

#[tokio::test]
async fn a_code_is_not_repeated_for_a_clock_that_is_off_but_the_clock_is_corrected() {
    let stage = Stage::set().await;
    let manual = stscreds_core::ManualClock::at(stage.clock().now());
    manual.advance(std::time::Duration::from_secs(3_600));
    let sts = stage.builder().clock(manual.into());
    let sts = sts.credentials(stage.keys()).build();
    let code = stage.mfa_codes();
    let provider = AssumeRoleProvider::builder(sts, GUARDED.parse().unwrap())
        .mfa(DEVICE.parse().unwrap(), move |_| std::future::ready(code()))
        .build();

    let error = provider.credentials().await.unwrap_err();
    assert_eq!((error.kind(), stage.call_count()), (ErrorKind::ClockSkew, 1));

    provider.credentials().await.unwrap();
    assert_eq!(stage.call_count(), 2);
}
