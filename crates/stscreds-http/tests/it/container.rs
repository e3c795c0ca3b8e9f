//! Container credentials over real HTTP, from a server that says what a test tells it to.

use std::time::Duration;

use stscreds_core::{CredentialsProvider, Error, ErrorKind, ProviderSource};
use stscreds_http::{ContainerCredentials, ContainerCredentialsBuilder, RetryPolicy};
use stscreds_transport::HyperClient;
use tokio::net::TcpListener;

use crate::child;
use crate::server::Server;

pub const DOCUMENT: &str = r#"{"AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "planted-secret",
    "Token": "planted-token", "Expiration": "2026-07-13T12:00:00Z", "AccountId": "111122223333"}"#;

pub fn response(status: u16, body: &str) -> String {
    format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

pub fn quick() -> RetryPolicy {
    let mut retries = RetryPolicy::default();
    retries.first_backoff = Duration::from_millis(1);
    retries
}

fn provider(server: &Server) -> ContainerCredentialsBuilder {
    let url = server.url("/v2/credentials/x?planted");
    ContainerCredentials::builder(url, HyperClient::new()).unwrap().retries(quick())
}

async fn error_of(builder: ContainerCredentialsBuilder) -> Error {
    let provider = builder.authorization_token("planted-authorization").build();
    let error = provider.credentials().await.unwrap_err();
    assert!(error.to_string().starts_with("http://"), "{error}");
    assert!(!format!("{error} {error:?} {provider:?}").contains("planted"), "{error:?}");
    error
}

#[tokio::test]
async fn a_document_is_credentials_and_the_token_is_shown_as_it_is() {
    let server = Server::saying(response(200, DOCUMENT)).await;

    let credentials = provider(&server).authorization_token("a token\n").build();
    let credentials = credentials.credentials().await.unwrap();

    assert_eq!(credentials.access_key_id(), "ASIAEXAMPLE");
    assert_eq!(credentials.secret_access_key().expose(), "planted-secret");
    assert_eq!(credentials.session_token().unwrap().expose(), "planted-token");
    assert_eq!(credentials.expires_at().unwrap().to_string(), "2026-07-13T12:00:00Z");
    assert_eq!(credentials.account_id(), Some("111122223333"));
    assert_eq!(credentials.provider_name(), "ContainerCredentials");
    assert_eq!(credentials.provider_sources(), [ProviderSource::Container]);
    let head = &server.heads()[0];
    assert!(head.starts_with("GET /v2/credentials/x?planted HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("\r\nauthorization: a token\r\n"), "{head}");
}

#[tokio::test]
async fn a_token_file_is_read_at_each_request() {
    let server = Server::saying(response(200, DOCUMENT)).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let provider = provider(&server).authorization_token_file(&path).build();

    for token in ["first", "second\r\n"] {
        std::fs::write(&path, token).unwrap();
        provider.credentials().await.unwrap();
    }

    let heads = server.heads();
    assert!(
        heads[0].contains("authorization: first\r\n")
            && heads[1].contains("authorization: second\r\n")
    );
}

#[tokio::test]
async fn a_token_file_that_is_not_one_is_named_and_nothing_is_asked() {
    use ErrorKind as K;
    let server = Server::saying(response(200, DOCUMENT)).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let of = |text: &[u8]| {
        std::fs::write(&path, text).unwrap();
        provider(&server).authorization_token_file(&path).build()
    };

    for (text, kind) in [
        (&b""[..], K::IdentityTokenEmpty),
        (b" \n", K::IdentityTokenEmpty),
        (b"planted\xff", K::IdentityTokenNotUtf8),
        (b"planted\nx: y", K::InvalidConfiguration),
        (&b"planted".repeat(3_000), K::IdentityTokenTooLarge),
    ] {
        let error = of(text).credentials().await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(!format!("{error:?}").contains("planted"), "{error:?}");
    }
    for missing in [folder.path().join("missing"), folder.path().to_owned()] {
        let provider = provider(&server).authorization_token_file(&missing).build();
        let error = provider.credentials().await.unwrap_err();
        assert_eq!(error.kind(), K::IdentityTokenUnreadable);
        assert!(error.to_string().contains(&missing.display().to_string()), "{error}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn each_fault_has_its_kind_and_its_number_of_requests() {
    use ErrorKind as K;
    let long = "planted".repeat(30_000);
    for (response, kind, requests) in [
        (response(400, "planted"), K::NoCredentials, 1),
        (response(401, "{}"), K::NoCredentials, 1),
        (response(403, ""), K::NoCredentials, 1),
        (response(404, "<html>planted</html>"), K::NoCredentials, 1),
        (response(429, ""), K::Throttled, 3),
        (response(500, "planted"), K::ServiceUnavailable, 3),
        (response(503, "{\"code\": 5}"), K::ServiceUnavailable, 3),
        (response(302, ""), K::MalformedResponse, 1),
        (response(200, ""), K::MalformedResponse, 3),
        (response(200, "planted"), K::MalformedResponse, 3),
        (response(200, &DOCUMENT[..60]), K::MalformedResponse, 3),
        (response(200, &DOCUMENT.replace("Token", "SessionToken")), K::MalformedResponse, 3),
        (response(200, &DOCUMENT.replace("ASIAEXAMPLE", "")), K::MalformedResponse, 3),
        (response(200, &DOCUMENT.replace("2026-", "planted-")), K::MalformedResponse, 3),
        (response(200, "{\"Code\": \"Failed\"}"), K::NoCredentials, 3),
        (response(200, &long), K::MalformedResponse, 3),
        ("planted\r\n\r\n".to_owned(), K::MalformedResponse, 3),
        (
            "HTTP/1.1 200 x\r\ncontent-length: 99\r\nconnection: close\r\n\r\nplanted".into(),
            K::ConnectionFailed,
            3,
        ),
        (String::new(), K::ConnectionFailed, 3),
    ] {
        let server = Server::saying(response.as_str()).await;

        let error = error_of(provider(&server)).await;

        assert_eq!((error.kind(), server.heads().len()), (kind, requests), "{response}: {error}");
        assert_eq!(
            error.is_recoverable(),
            requests == 3 || kind == K::MalformedResponse,
            "{error}"
        );
    }
}

#[tokio::test]
async fn what_the_endpoint_says_is_passed_on() {
    for body in [
        r#"{"code": "NeedsPerson", "message": "run `stscreds login deploy`"}"#,
        r#"{"Code": "NeedsPerson", "Message": "run `stscreds login deploy`"}"#,
    ] {
        let server = Server::saying(response(403, body)).await;
        let error = error_of(provider(&server)).await;
        let said = "(HTTP 403): NeedsPerson: run `stscreds login deploy`";
        assert!(error.to_string().contains(said), "{error}");
    }
}

#[tokio::test]
async fn what_fails_twice_and_then_works_has_worked() {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::responding(move |_| {
        match asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            0 => response(500, ""),
            1 => response(200, "{"),
            _ => response(200, DOCUMENT),
        }
    })
    .await;

    provider(&server).build().credentials().await.unwrap();
    assert_eq!(server.heads().len(), 3);
}

#[tokio::test]
async fn an_endpoint_where_nobody_listens_or_responds_is_named() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let moment = Duration::from_millis(1);
    for (address, kind) in
        [(nobody, ErrorKind::ConnectionFailed), (silent.local_addr().unwrap(), ErrorKind::TimedOut)]
    {
        let url = format!("http://{address}/");
        let builder = ContainerCredentials::builder(url, HyperClient::new()).unwrap();
        let error = error_of(builder.retries(quick()).timeout(moment)).await;
        assert_eq!(error.kind(), kind, "{error}");
    }
}

#[tokio::test]
async fn plain_http_to_another_machine_is_refused() {
    for url in ["http://10.0.0.1/", "http://169.254.170.3/", "http://example.com@127.0.0.1/"] {
        let error = ContainerCredentials::builder(url, HyperClient::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
    }
}

#[tokio::test]
async fn variables_name_the_endpoint_and_the_file_beats_the_token() {
    let server = Server::saying(response(200, DOCUMENT)).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, "of the file").unwrap();
    let mut task = bare("container::as_a_container");
    task.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url("/full"))
        .env("AWS_CONTAINER_AUTHORIZATION_TOKEN", "of the variable\n");

    child::passes(task).await;
    let mut task = bare("container::as_a_container");
    task.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url("/full"))
        .env("AWS_CONTAINER_AUTHORIZATION_TOKEN", "of the variable")
        .env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &path);
    child::passes(task).await;

    let heads = server.heads();
    assert!(heads[0].contains("authorization: of the variable\r\n"), "{heads:?}");
    assert!(heads[1].contains("authorization: of the file\r\n"), "{heads:?}");
}

fn bare(part: &str) -> std::process::Command {
    let mut command = child::running(part);
    for name in [
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    ] {
        command.env_remove(name);
    }
    // Not asked, whatever it says.
    command.env("http_proxy", "http://127.0.0.1:1").env("all_proxy", "http://127.0.0.1:1");
    command
}

#[tokio::test]
async fn as_a_container() {
    if child::is_for("container::as_a_container") {
        let provider = ContainerCredentials::from_env().unwrap();
        assert_eq!(provider.credentials().await.unwrap().access_key_id(), "ASIAEXAMPLE");
    }
}

#[tokio::test]
async fn a_relative_uri_comes_first_and_bad_variables_are_named() {
    child::passes(bare("container::as_no_container")).await;
    for (name, value) in [
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "planted"),
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/pla\nnted"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://8.8.8.8/planted"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "planted"),
    ] {
        let mut wrong = bare("container::as_a_container_set_up_wrong");
        wrong.env(name, value).env("NAME", name);
        child::passes(wrong).await;
    }
    let mut both = bare("container::as_a_task_of_ecs");
    both.env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/x")
        .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/");
    child::passes(both).await;
}

#[tokio::test]
async fn as_no_container() {
    if child::is_for("container::as_no_container") {
        let error = ContainerCredentials::from_env().unwrap_err();
        assert_eq!((error.kind(), error.is_recoverable()), (ErrorKind::NoCredentials, false));
        assert!(error.to_string().contains("AWS_CONTAINER_CREDENTIALS_FULL_URI"), "{error}");
    }
}

#[tokio::test]
async fn as_a_container_set_up_wrong() {
    if child::is_for("container::as_a_container_set_up_wrong") {
        #[expect(clippy::disallowed_methods, reason = "how the child learns the name")]
        let name = std::env::var("NAME").unwrap();
        let error = ContainerCredentials::from_env().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfiguration);
        assert!(error.to_string().contains(&name), "{error}");
        assert!(!format!("{error:?}").contains("planted"), "{error:?}");
    }
}

#[tokio::test]
async fn as_a_task_of_ecs() {
    if child::is_for("container::as_a_task_of_ecs") {
        let shown = format!("{:?}", ContainerCredentials::from_env().unwrap());
        assert!(shown.contains("http://169.254.170.2"), "{shown}");
    }
}
