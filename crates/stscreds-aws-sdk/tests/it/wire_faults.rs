//! What is not STS, or half of it: a small server that answers whatever it is told.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use aws_sdk_sts::config::retry::RetryConfig;
use stscreds_aws_sdk::StsClient;
use stscreds_core::{CredentialsProvider, Error, ErrorKind};
use stscreds_provider::AssumeRoleProvider;

use crate::stage::{PLAIN, Stage};

/// The error of a role assumed at an endpoint that answers each request with these
/// bytes and hangs up.
async fn error_at(answer: impl Into<String>) -> Error {
    let answer = answer.into();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let Ok((mut stream, _)) = listener.accept() else { return };
        let mut request = [0; 8192];
        let _ = stream.read(&mut request);
        let _ = stream.write_all(answer.as_bytes());
    });
    error_of_endpoint(&format!("http://{address}")).await
}

async fn error_of_endpoint(endpoint: &str) -> Error {
    let stage = Stage::set().await;
    let config = stage
        .sdk_config()
        .into_builder()
        .endpoint_url(endpoint)
        .retry_config(RetryConfig::disabled())
        .build();
    let provider = AssumeRoleProvider::builder(StsClient::new(&config), PLAIN.parse().unwrap());
    let error = provider.build().credentials().await.unwrap_err();
    assert_eq!(error.role_arn(), Some(PLAIN));
    assert!(!format!("{error} {error:?}").contains("planted"), "{error:?}");
    error
}

#[tokio::test]
async fn an_answer_without_a_member_is_an_error_that_names_it() {
    let error = error_at(
        "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\nconnection: close\r\n\r\n\
         <AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <AssumeRoleResult><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId>\
         <SecretAccessKey>planted-secret</SecretAccessKey>\
         <Expiration>2036-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>\
         </AssumeRoleResponse>",
    )
    .await;

    assert_eq!(error.kind(), ErrorKind::MalformedResponse);
    assert!(error.to_string().contains("SessionToken"), "{error}");
}

#[tokio::test]
async fn half_an_answer_is_malformed_and_nothing_of_it_is_shown() {
    let error = error_at(
        "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\nconnection: close\r\n\r\n\
         <AssumeRoleResponse><AssumeRoleResult><Credentials>\
         <SecretAccessKey>planted-secret</SecretAcc",
    )
    .await;

    assert_eq!(error.kind(), ErrorKind::MalformedResponse);
    assert!(error.is_recoverable());
}

#[tokio::test]
async fn an_answer_of_more_than_a_mebibyte_is_not_read_to_its_end() {
    let answer = |size| {
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\nconnection: close\r\n\r\n\
             <AssumeRoleResponse><!--{}--><AssumeRoleResult><Credentials>\
             <AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>planted</SecretAccessKey>\
             <SessionToken>planted</SessionToken></Credentials></AssumeRoleResult>\
             </AssumeRoleResponse>",
            " ".repeat(size)
        )
    };

    let whole = error_at(answer(1_000_000)).await;
    let cut = error_at(answer(1_100_000)).await;

    assert!(whole.to_string().contains("lacks Expiration"), "{whole}");
    assert!(cut.to_string().contains("but not as STS does"), "{cut}");
    assert_eq!(cut.kind(), ErrorKind::MalformedResponse);
}

#[tokio::test]
async fn a_proxy_that_apologizes_is_an_outage() {
    let error =
        error_at("HTTP/1.1 503 Busy\r\nconnection: close\r\n\r\n<html>planted</html>").await;

    assert_eq!(error.kind(), ErrorKind::ServiceUnavailable);
    assert!(error.to_string().contains("503"), "{error}");
}

#[tokio::test]
async fn a_page_that_is_not_sts_is_told_as_such() {
    let error = error_at("HTTP/1.1 404 No\r\nconnection: close\r\n\r\n<html>planted</html>").await;

    assert_eq!(error.kind(), ErrorKind::MalformedResponse);
    assert!(error.to_string().contains("404"), "{error}");
}

#[tokio::test]
async fn nobody_at_the_endpoint_is_a_connection_that_failed() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();

    let error = error_of_endpoint(&format!("http://{free}")).await;

    assert_eq!(error.kind(), ErrorKind::ConnectionFailed);
    assert!(error.is_recoverable());
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
