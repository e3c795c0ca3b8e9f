//! Instance credentials over real HTTP, from a metadata service that does what a test
//! tells it to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use stscreds_core::{
    CredentialsProvider, Error, ErrorKind, ManualClock, ProviderSource, Timestamp,
};
use stscreds_http::{InstanceCredentials, InstanceCredentialsBuilder};
use stscreds_transport::HyperClient;
use tokio::net::TcpListener;

use crate::child;
use crate::container::{DOCUMENT, quick, response};
use crate::server::Server;

const PUT: &str = "PUT /latest/api/token ";
const LIST: &str = "GET /latest/meta-data/iam/security-credentials/ ";
const ROLE: &str = "GET /latest/meta-data/iam/security-credentials/a-role ";

/// A metadata service that works, but for what begins with this.
async fn service_but(part: &'static str, instead: impl Into<String>) -> Server {
    let instead = instead.into();
    Server::responding(move |head| match head {
        head if head.starts_with(part) => instead.clone(),
        head => working(head),
    })
    .await
}

fn working(head: &str) -> String {
    let with_token = head.contains("x-aws-ec2-metadata-token: planted-metadata-token\r\n");
    match head {
        head if head.starts_with(PUT) => {
            assert!(head.contains("x-aws-ec2-metadata-token-ttl-seconds: 21600\r\n"), "{head}");
            token(21_600)
        }
        _ if !with_token => response(401, ""),
        head if head.starts_with(LIST) => response(200, "a-role\nanother-role"),
        head if head.starts_with(ROLE) => {
            response(200, &DOCUMENT.replacen('{', "{\"Code\": \"Success\",", 1))
        }
        _ => response(404, ""),
    }
}

fn token(seconds: u32) -> String {
    let body = "planted-metadata-token";
    format!(
        "HTTP/1.1 200 OK\r\nx-aws-ec2-metadata-token-ttl-seconds: {seconds}\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn provider(server: &Server) -> InstanceCredentialsBuilder {
    InstanceCredentials::builder(server.url("/"), HyperClient::new()).unwrap().retries(quick())
}

async fn error_of(builder: InstanceCredentialsBuilder) -> Error {
    let provider = builder.build();
    let error = provider.credentials().await.unwrap_err();
    assert!(error.to_string().starts_with("http://"), "{error}");
    assert!(!format!("{error} {error:?} {provider:?}").contains("planted"), "{error:?}");
    error
}

fn count(server: &Server, part: &str) -> usize {
    server.heads().iter().filter(|head| head.starts_with(part)).count()
}

#[tokio::test]
async fn credentials_are_those_of_the_first_role_and_the_token_is_kept() {
    let server = Server::responding(working).await;
    let provider = provider(&server).build();

    let credentials = provider.credentials().await.unwrap();
    provider.credentials().await.unwrap();

    assert_eq!(credentials.access_key_id(), "ASIAEXAMPLE");
    assert_eq!(credentials.provider_name(), "InstanceCredentials");
    assert_eq!(credentials.provider_sources(), [ProviderSource::Instance]);
    assert_eq!([PUT, LIST, ROLE].map(|part| count(&server, part)), [1, 2, 2]);
}

#[tokio::test]
async fn a_token_is_replaced_a_minute_before_it_expires() {
    let server = service_but(PUT, token(600)).await;
    let clock = ManualClock::at(Timestamp::from_unix_seconds(1_900_000_000));
    let provider = provider(&server).clock(clock.clone().into()).build();

    for (seconds, tokens) in [(0, 1), (539, 1), (1, 2), (539, 2), (600, 3)] {
        clock.advance(Duration::from_secs(seconds));
        provider.credentials().await.unwrap();
        assert_eq!(count(&server, PUT), tokens);
    }
}

#[tokio::test]
async fn a_token_that_the_service_no_longer_takes_is_replaced_once() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let server = Server::responding(move |head| {
        let is_second = head.starts_with(LIST) && counted.fetch_add(1, Ordering::SeqCst) == 1;
        if is_second { response(401, "") } else { working(head) }
    })
    .await;
    let provider = provider(&server).build();

    provider.credentials().await.unwrap();
    provider.credentials().await.unwrap();
    assert_eq!((count(&server, PUT), count(&server, LIST)), (2, 3));

    let never = service_but(LIST, response(401, "planted")).await;
    let error = error_of(self::provider(&never)).await;
    assert_eq!((error.kind(), error.is_recoverable()), (ErrorKind::NoCredentials, false));
    assert_eq!((count(&never, PUT), count(&never, LIST)), (2, 2));
}

/// What goes wrong, the kind and a part of the error, and how many requests for a token
/// and for the list of roles there are.
#[tokio::test]
async fn each_fault_has_its_kind_its_words_and_its_number_of_requests() {
    use ErrorKind as K;
    let broken = "HTTP/1.1 200 x\r\ncontent-length: 99\r\nconnection: close\r\n\r\nplanted";
    let page = "<html>planted</html>";
    for (part, instead, kind, said, requests) in [
        (PUT, response(403, page), K::NoCredentials, "set HttpEndpoint to enabled", [1, 0]),
        (PUT, response(404, page), K::NoCredentials, "version 1 is not used", [1, 0]),
        (PUT, response(405, ""), K::NoCredentials, "version 1 is not used", [1, 0]),
        (PUT, response(400, ""), K::NoCredentials, "(HTTP 400)", [1, 0]),
        (PUT, response(500, page), K::ServiceUnavailable, "(HTTP 500)", [3, 0]),
        (PUT, response(302, ""), K::MalformedResponse, "redirect", [1, 0]),
        (PUT, response(200, ""), K::MalformedResponse, "is not a token", [3, 0]),
        (PUT, response(200, "planted\r\nx: y"), K::MalformedResponse, "is not a token", [3, 0]),
        (PUT, broken.to_owned(), K::ConnectionFailed, "AWS_EC2_METADATA_DISABLED", [1, 0]),
        (LIST, response(404, page), K::NoCredentials, "attach an instance profile", [1, 1]),
        (LIST, response(200, ""), K::MalformedResponse, "is not the name of a role", [1, 3]),
        (LIST, response(200, "../../planted"), K::MalformedResponse, "name of a role", [1, 3]),
        (LIST, response(200, page), K::MalformedResponse, "is not the name of a role", [1, 3]),
        (LIST, response(503, page), K::ServiceUnavailable, "(HTTP 503)", [1, 3]),
        (LIST, broken.to_owned(), K::ConnectionFailed, "no response", [1, 1]),
        (ROLE, response(404, page), K::NoCredentials, "(HTTP 404)", [1, 1]),
        (ROLE, response(429, page), K::Throttled, "(HTTP 429)", [1, 3]),
        (ROLE, response(200, page), K::MalformedResponse, "is not a JSON object", [1, 3]),
        (ROLE, response(200, &DOCUMENT[..70]), K::MalformedResponse, "not a JSON object", [1, 3]),
        (
            ROLE,
            response(200, &DOCUMENT.replace("Token", "x")),
            K::MalformedResponse,
            "Token",
            [1, 3],
        ),
        (
            ROLE,
            response(200, r#"{"Code": "AssumeRoleUnauthorizedAccess", "Message": "EC2 cannot"}"#),
            K::NoCredentials,
            "AssumeRoleUnauthorizedAccess: EC2 cannot",
            [1, 3],
        ),
    ] {
        let server = service_but(part, instead.as_str()).await;

        let error = error_of(provider(&server)).await;

        assert_eq!(error.kind(), kind, "{part} {instead}: {error}");
        assert!(error.to_string().contains(said), "{error}");
        assert_eq!([PUT, LIST].map(|part| count(&server, part)), requests, "{part} {instead}");
    }
}

#[tokio::test]
async fn a_token_that_does_not_come_tells_of_the_hop_limit_after_one_attempt() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let builder = InstanceCredentials::builder(url, HyperClient::new()).unwrap();

    let error = error_of(builder.timeout(Duration::from_millis(20))).await;

    assert_eq!((error.kind(), error.is_recoverable()), (ErrorKind::TimedOut, true));
    let said = "Hop limit 1? In a container, set HttpPutResponseHopLimit to 2";
    assert!(error.to_string().contains(said), "{error}");
}

#[tokio::test]
async fn where_no_service_is_the_error_says_how_not_to_look_for_it() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let builder = InstanceCredentials::builder(format!("http://{nobody}"), HyperClient::new());

    let error = error_of(builder.unwrap()).await;

    assert_eq!(error.kind(), ErrorKind::ConnectionFailed);
    assert!(error.to_string().contains("set AWS_EC2_METADATA_DISABLED to true"), "{error}");
}

#[tokio::test]
async fn variables_name_the_service_its_mode_or_that_there_is_none() {
    let server = Server::responding(working).await;
    let bare = |part: &str| {
        let mut command = child::running(part);
        for name in ["_DISABLED", "_SERVICE_ENDPOINT", "_SERVICE_ENDPOINT_MODE"] {
            command.env_remove(format!("AWS_EC2_METADATA{name}"));
        }
        command.env("http_proxy", "http://127.0.0.1:1");
        command
    };
    let mut here = bare("instance::as_an_instance");
    here.env("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url(""))
        .env("AWS_EC2_METADATA_DISABLED", "false");
    child::passes(here).await;
    assert_eq!(count(&server, ROLE), 1);

    for (name, value, shown) in [
        ("AWS_EC2_METADATA_DISABLED", "True", "AWS_EC2_METADATA_DISABLED is true"),
        ("AWS_EC2_METADATA_DISABLED", "planted", "AWS_EC2_METADATA_DISABLED is neither"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ipv6", "http://[fd00:ec2::254]"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv4", "http://169.254.169.254"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "planted", "MODE is neither IPv4 nor IPv6"),
        (
            "AWS_EC2_METADATA_SERVICE_ENDPOINT",
            "http://10.0.0.1",
            "SERVICE_ENDPOINT leads to 10.0.0.1",
        ),
        ("X", "", "http://169.254.169.254"),
    ] {
        let mut program = bare("instance::as_a_program");
        program.env(name, value).env("SHOWN", shown);
        child::passes(program).await;
    }
}

#[tokio::test]
async fn as_an_instance() {
    if child::is_for("instance::as_an_instance") {
        let provider = InstanceCredentials::from_env().unwrap();
        assert_eq!(provider.credentials().await.unwrap().access_key_id(), "ASIAEXAMPLE");
    }
}

#[tokio::test]
async fn as_a_program() {
    if child::is_for("instance::as_a_program") {
        #[expect(clippy::disallowed_methods, reason = "how the child learns what to expect")]
        let expected = std::env::var("SHOWN").unwrap();
        let shown = match InstanceCredentials::from_env() {
            Ok(provider) => format!("{provider:?}"),
            Err(error) => error.to_string(),
        };
        assert!(shown.contains(&expected) && !shown.contains("planted"), "{shown}");
    }
}
