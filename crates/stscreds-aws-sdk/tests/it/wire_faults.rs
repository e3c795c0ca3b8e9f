//! What comes over the wire when STS, or what is in front of it, does not work.

use std::sync::Arc;

use aws_sdk_sts::config::retry::RetryConfig;
use fake_sts::fault::{Ending, Fault, Point};
use stscreds_aws_sdk::StsClient;
use stscreds_core::{CredentialsProvider, Error, ErrorKind};
use stscreds_provider::{AssumeRoleProvider, SessionTokenProvider};

use crate::stage::{DEVICE, GUARDED, PLAIN, Stage};

/// The error of a role assumed, in one attempt, while calls go wrong so.
async fn error_of(fault: Fault) -> Error {
    let stage = Stage::set().await;
    let fault = stage.fake.inject(fault);
    let error = error_on(&stage).await;
    assert_eq!((fault.hits(), stage.call_count()), (1, 1), "{error:?}");
    error
}

async fn error_on(stage: &Stage) -> Error {
    let config = stage.sdk_config().into_builder().retry_config(RetryConfig::disabled()).build();
    let provider = AssumeRoleProvider::builder(StsClient::new(&config), PLAIN.parse().unwrap());
    let error = provider.build().credentials().await.unwrap_err();
    assert_eq!(error.role_arn(), Some(PLAIN));
    assert!(!format!("{error} {error:?}").contains("planted"), "{error:?}");
    error
}

#[tokio::test]
async fn an_answer_without_a_member_is_an_error_that_names_it() {
    for member in ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"] {
        let error = error_of(Fault::missing_member(member)).await;

        assert_eq!(error.kind(), ErrorKind::MalformedResponse);
        assert!(error.to_string().contains(member), "{error}");
    }
}

#[tokio::test]
async fn half_an_answer_is_malformed_and_nothing_of_it_is_shown() {
    let half = "<AssumeRoleResponse><AssumeRoleResult><Credentials>\
                <SecretAccessKey>planted-secret</SecretAcc";

    for fault in [Fault::answer(200, "text/xml", half), Fault::malformed()] {
        let error = error_of(fault).await;

        assert_eq!(error.kind(), ErrorKind::MalformedResponse);
        assert!(error.is_recoverable());
    }
}

#[tokio::test]
async fn an_answer_of_more_than_a_mebibyte_is_not_read_to_its_end() {
    let answer = |size| {
        let xml = format!(
            "<AssumeRoleResponse><!--{}--><AssumeRoleResult><Credentials>\
             <AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>planted</SecretAccessKey>\
             <SessionToken>planted</SessionToken></Credentials></AssumeRoleResult>\
             </AssumeRoleResponse>",
            " ".repeat(size)
        );
        Fault::answer(200, "text/xml", xml)
    };

    let whole = error_of(answer(1_000_000)).await;
    let cut = error_of(answer(1_100_000)).await;

    assert!(whole.to_string().contains("lacks Expiration"), "{whole}");
    assert!(cut.to_string().contains("this does not look like STS"), "{cut}");
    assert_eq!(cut.kind(), ErrorKind::MalformedResponse);
}

#[tokio::test]
async fn a_proxy_that_apologizes_is_an_outage() {
    let error = error_of(Fault::answer(503, "text/html", "<html>planted</html>")).await;

    assert_eq!(error.kind(), ErrorKind::ServiceUnavailable);
    assert!(error.to_string().contains("503"), "{error}");
}

#[tokio::test]
async fn a_proxy_that_holds_callers_back_throttles() {
    let error = error_of(Fault::answer(429, "text/html", "<html>planted</html>")).await;

    assert_eq!(error.kind(), ErrorKind::Throttled);
    assert!(error.to_string().contains("429"), "{error}");
}

#[tokio::test]
async fn a_page_that_is_not_sts_is_told_as_such() {
    let error = error_of(Fault::answer(404, "text/html", "<html>planted</html>")).await;

    assert_eq!(error.kind(), ErrorKind::MalformedResponse);
    assert!(error.to_string().contains("404"), "{error}");
}

#[tokio::test]
async fn nobody_at_the_endpoint_is_a_connection_that_failed() {
    let stage = Stage::set().await;
    let outage = stage.fake.outage().unwrap();

    let error = error_on(&stage).await;

    assert_eq!(error.kind(), ErrorKind::ConnectionFailed);
    assert!(error.is_recoverable());
    assert_eq!(stage.call_count(), 0);
    drop(outage);
    assert!(stage.assume(PLAIN).build().credentials().await.is_ok());
}

#[tokio::test]
async fn a_connection_that_breaks_has_failed_before_an_answer_and_spoiled_one_within() {
    for how in [Ending::Reset, Ending::Close] {
        let before = error_of(Fault::disconnect(how, Point::BeforeAnswer)).await;
        let within = error_of(Fault::disconnect(how, Point::MidAnswer)).await;

        assert_eq!(before.kind(), ErrorKind::ConnectionFailed, "{how:?}: {before:?}");
        assert_eq!(within.kind(), ErrorKind::MalformedResponse, "{how:?}: {within:?}");
        assert!(before.is_recoverable() && within.is_recoverable());
    }
}

#[tokio::test]
async fn a_connection_that_died_in_the_pool_costs_one_more_attempt_at_most() {
    let stage = Stage::set().await;
    let dead = Fault::disconnect(Ending::Close, Point::AfterAnswer).times(1);
    let dead = stage.fake.inject(dead);
    let provider = stage.assume(PLAIN).build();

    let before = provider.credentials().await;
    let after = provider.credentials().await;

    assert!(before.is_ok() && after.is_ok(), "{after:?}");
    assert_eq!((dead.hits(), stage.call_count()), (1, 2));
}

/// STS takes the code with the first request, so that a second one can only be refused.
#[tokio::test]
async fn a_request_with_a_code_is_sent_once_if_it_may_have_arrived() {
    for (lost, kind) in [
        (Fault::reset().after_operation(), ErrorKind::ConnectionFailed),
        (Fault::disconnect(Ending::Close, Point::BeforeAnswer), ErrorKind::ConnectionFailed),
        (Fault::disconnect(Ending::Reset, Point::MidAnswer), ErrorKind::MalformedResponse),
        (Fault::malformed(), ErrorKind::MalformedResponse),
        (Fault::error("ServiceUnavailable"), ErrorKind::ServiceUnavailable),
        (Fault::error("InternalFailure"), ErrorKind::ServiceUnavailable),
        (Fault::answer(502, "text/html", "<html>planted</html>"), ErrorKind::ServiceUnavailable),
    ] {
        for operation in ["AssumeRole", "GetSessionToken"] {
            let stage = Stage::set().await;
            let fault = stage.fake.inject(lost.clone().times(1));
            let (code, serial) = (stage.mfa_codes(), DEVICE.parse().unwrap());
            let asked = move |_| std::future::ready(code());
            let provider: Arc<dyn CredentialsProvider> = match operation {
                "AssumeRole" => Arc::new(stage.assume(GUARDED).mfa(serial, asked).build()),
                _ => {
                    Arc::new(SessionTokenProvider::builder(stage.sts()).mfa(serial, asked).build())
                }
            };

            let error = provider.credentials().await.unwrap_err();
            assert_eq!((fault.hits(), stage.call_count(), error.kind()), (1, 1, kind), "{error}");
            assert!(error.to_string().starts_with("the MFA code was sent and may be spent: "));
            assert!(error.is_recoverable());

            stage.advance(30);
            assert!(provider.credentials().await.is_ok());
        }
    }
}

#[tokio::test]
async fn a_request_with_a_code_is_repeated_when_sts_cannot_have_looked_at_it() {
    let with_code = |stage: &Stage| {
        let code = stage.mfa_codes();
        let asked = move |_| std::future::ready(code());
        stage.assume(GUARDED).mfa(DEVICE.parse().unwrap(), asked).build()
    };

    for code in ["Throttling", "SlowDown", "RequestTimeTooSkewed", "RequestExpired"] {
        let stage = Stage::set().await;
        let xml = format!("<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>");
        let _fault = stage.fake.inject(Fault::answer(400, "text/xml", xml).times(1));
        assert!(with_code(&stage).credentials().await.is_ok(), "{code}");
        assert_eq!(stage.call_count(), 2, "{code}");
    }

    let stage = Stage::set().await;
    let outage = stage.fake.outage().unwrap();
    let error = with_code(&stage).credentials().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionFailed);
    assert!(error.to_string().starts_with("cannot connect to STS at http://127.0.0.1:"), "{error}");
    drop(outage);
    assert!(with_code(&stage).credentials().await.is_ok());
}

#[tokio::test]
async fn a_configuration_without_credentials_is_the_callers_mistake() {
    let config = aws_types::SdkConfig::builder()
        .behavior_version(aws_sdk_sts::config::BehaviorVersion::latest())
        .region(aws_sdk_sts::config::Region::new("eu-central-1"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let provider = AssumeRoleProvider::builder(StsClient::new(&config), PLAIN.parse().unwrap());

    let error = provider.build().credentials().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
    assert_eq!(error.role_arn(), Some(PLAIN));
}

#[tokio::test]
async fn a_configuration_without_region_is_the_callers_mistake() {
    let stage = Stage::set().await;
    let nowhere = aws_types::SdkConfig::builder()
        .behavior_version(aws_sdk_sts::config::BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .credentials_provider(stage.sdk_config().credentials_provider().unwrap())
        .build();
    let provider = AssumeRoleProvider::builder(StsClient::new(&nowhere), PLAIN.parse().unwrap());

    let error = provider.build().credentials().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::InvalidConfiguration, "{error:?}");
}

#[tokio::test]
async fn an_error_in_the_form_of_s3_keeps_its_code_and_kind() {
    for (status, code, kind) in [
        (403, "AccessDenied", ErrorKind::AccessDenied),
        (400, "InvalidParameterValue", ErrorKind::InvalidParameter),
        (400, "MissingFields", ErrorKind::Other),
        (403, "InvalidClientTokenId", ErrorKind::SourceCredentialsRejected),
        (403, "SignatureDoesNotMatch", ErrorKind::SignatureMismatch),
    ] {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>Sorry.</Message>\
             <Resource>/</Resource><RequestId>17ABC</RequestId><HostId>h</HostId></Error>"
        );

        let error = error_of(Fault::answer(status, "application/xml", body)).await;

        assert_eq!((error.kind(), error.sts_code()), (kind, Some(code)));
        assert_eq!(error.is_recoverable(), kind == ErrorKind::Other, "{error}");
        assert_eq!((error.sts_message(), error.request_id()), (Some("Sorry."), Some("17ABC")));
        assert!(error.to_string().starts_with("STS refused AssumeRole, role "), "{error}");
    }
}

#[tokio::test]
async fn a_redirect_and_a_proxy_that_wants_a_password_are_told_as_such() {
    let moved = error_of(Fault::answer(307, "text/html", "<html>planted</html>")).await;
    let proxied = error_of(Fault::answer(407, "text/html", "<html>planted</html>")).await;

    assert_eq!(moved.kind(), ErrorKind::MalformedResponse);
    assert!(moved.to_string().contains("redirects AssumeRole (HTTP 307)"), "{moved}");
    assert!(moved.to_string().contains("set endpoint_url"), "{moved}");
    assert_eq!(proxied.kind(), ErrorKind::ConnectionFailed);
    assert!(proxied.to_string().contains("a proxy refused AssumeRole (HTTP 407)"), "{proxied}");
}
