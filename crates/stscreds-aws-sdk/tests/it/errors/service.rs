//! STS, or what stands in its place, when it does not work.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_sdk_sts::config::Region;
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_smithy_async::time::{SharedTimeSource, StaticTimeSource};
use aws_types::sdk_config::Builder;
use stscreds_aws_sdk::StsClient;
use stscreds_core::Error;
use stscreds_provider::AssumeRoleProvider;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{refused, told};
use crate::stage::{PLAIN, Stage};

/// A server that gives one answer to all.
pub(super) struct Server {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
}

pub(super) async fn answering(answer: impl Into<String>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let requests: Arc<AtomicUsize> = Arc::default();
    let (answer, counter) = (answer.into(), Arc::clone(&requests));
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let _request = connection.read(&mut [0; 8192]).await;
            counter.fetch_add(1, Ordering::SeqCst);
            let _sent = connection.write_all(answer.as_bytes()).await;
        }
    });
    Server { address, requests }
}

impl Server {
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

/// An answer of STS that is an error.
fn fault(status: &str, code: &str, message: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/xml\r\nconnection: close\r\n\
         x-amzn-requestid: {REQUEST_ID}\r\n\r\n\
         <ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>\
         <Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
    )
}

const REQUEST_ID: &str = "c6104cbe-af31-11e0-8154-cbc7ccf896c7";

/// The error of a role assumed with an SDK configured otherwise.
async fn with(stage: &Stage, configure: impl FnOnce(Builder) -> Builder) -> Error {
    let config = configure(stage.sdk_config().into_builder()).build();
    let provider = AssumeRoleProvider::builder(StsClient::new(&config), PLAIN.parse().unwrap());
    let error = refused(provider.build()).await;
    assert_eq!(error.role_arn(), Some(PLAIN));
    error
}

async fn check(case: &str, answer: impl Into<String>, requests: usize) {
    let stage = Stage::set().await;
    let server = answering(answer).await;

    let error = with(&stage, |config| config.endpoint_url(server.url())).await;

    told(case, &error);
    assert_eq!(error.request_id(), error.sts_code().map(|_| REQUEST_ID), "{case}");
    assert_eq!(server.requests(), requests, "{case}");
}

#[tokio::test]
async fn what_passes_is_tried_three_times() {
    check("STS throttles the calls", fault("400 Bad Request", "Throttling", "Rate exceeded"), 3)
        .await;
    check("STS fails", fault("503 Service Unavailable", "ServiceUnavailable", "Later"), 3).await;
    let apology = "HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\n\r\n<html>planted</html>";
    check("a proxy before STS apologizes", apology, 3).await;
}

#[tokio::test]
async fn what_does_not_pass_is_tried_once() {
    let odd = fault("400 Bad Request", "NeverHeardOf", "Something new");
    check("STS answers an error that nobody has heard of", odd, 1).await;
    let page = "HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n<html>planted</html>";
    check("something else than STS answers", page, 1).await;
    let incomplete = "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\nconnection: close\r\n\r\n\
         <AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <AssumeRoleResult><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId>\
         <SecretAccessKey>planted-secret</SecretAccessKey>\
         <Expiration>2036-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>\
         </AssumeRoleResponse>";
    check("STS leaves out a member of its answer", incomplete, 1).await;
}

#[tokio::test]
async fn an_endpoint_where_nobody_listens_or_nobody_speaks() {
    let stage = Stage::set().await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silence = format!("http://{}", silent.local_addr().unwrap());
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let impatient = TimeoutConfig::builder().operation_timeout(Duration::from_millis(1)).build();

    let refused = with(&stage, |config| config.endpoint_url(format!("http://{gone}"))).await;
    let late = with(&stage, |config| config.endpoint_url(silence).timeout_config(impatient)).await;

    told("nobody listens at the endpoint", &refused);
    told("STS does not answer in time", &late);
}

#[tokio::test]
async fn a_region_without_sts_and_a_clock_that_is_off() {
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
