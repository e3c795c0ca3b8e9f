use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use stscreds_core::{Error, ErrorKind};
use stscreds_token::{IdentityTokenGitHubActions, IdentityTokenRetriever, IdentityTokenUrl};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::child;
use super::endpoint::Endpoint;

async fn token_of(retriever: &impl IdentityTokenRetriever) -> Result<String, Error> {
    Ok(retriever.identity_token().await?.expose().to_owned())
}

#[tokio::test]
async fn the_body_of_a_plain_url_is_the_token_asked_for_anew_each_time() {
    let endpoint = Endpoint::answering(|number| format!(" token-{number}\n")).await;

    let retriever = IdentityTokenUrl::new(endpoint.url("/token")).unwrap();

    assert_eq!(token_of(&retriever).await.unwrap(), "token-1");
    assert_eq!(token_of(&retriever).await.unwrap(), "token-2");
}

#[tokio::test]
async fn parameters_and_headers_reach_the_endpoint() {
    let endpoint = Endpoint::answering(|_| "token").await;

    let retriever = IdentityTokenUrl::new(endpoint.url("/identity?format=full"))
        .unwrap()
        .query("audience", "https://sts.amazonaws.com")
        .header("metadata-flavor", "Google")
        .unwrap();
    token_of(&retriever).await.unwrap();

    assert_eq!(
        endpoint.only("metadata-flavor"),
        ("/identity?format=full&audience=https%3A%2F%2Fsts.amazonaws.com".into(), "Google".into())
    );
}

#[tokio::test]
async fn github_is_asked_for_the_audience_with_its_request_token() {
    let endpoint =
        Endpoint::answering(|_| r#"{"count": 1, "value": "e30.e30.c2ln", "extra": [{}]}"#).await;

    let url = endpoint.url("/oidctoken?api-version=2.0");
    let retriever =
        IdentityTokenGitHubActions::with_request(url.as_str(), "planted").audience("sts.cn");

    assert_eq!(token_of(&retriever).await.unwrap(), "e30.e30.c2ln");
    assert_eq!(
        endpoint.only("authorization"),
        ("/oidctoken?api-version=2.0&audience=sts.cn".into(), "Bearer planted".into())
    );
    assert!(!format!("{retriever:?}").contains("planted"));
}

#[tokio::test]
async fn github_is_found_by_the_environment_of_the_job() {
    let endpoint = Endpoint::answering(|_| r#"{"value": "of-the-job"}"#).await;
    let mut job = child::running("http::as_a_job_of_github");
    job.env("ACTIONS_ID_TOKEN_REQUEST_URL", endpoint.url("/?api-version=2.0"))
        .env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "of-the-request");

    child::passes(job).await;
    assert_eq!(
        endpoint.only("authorization"),
        ("/?api-version=2.0&audience=sts.amazonaws.com".into(), "Bearer of-the-request".into())
    );
}

/// The part of the child of the test above.
#[tokio::test]
async fn as_a_job_of_github() {
    if child::is_for("http::as_a_job_of_github") {
        let retriever = IdentityTokenGitHubActions::new();
        assert_eq!(token_of(&retriever).await.unwrap(), "of-the-job");
    }
}

#[tokio::test]
async fn outside_of_a_job_the_permission_is_named_that_is_missing() {
    let mut no_job = child::running("http::as_no_job_of_github");
    no_job.env_remove("ACTIONS_ID_TOKEN_REQUEST_URL");

    child::passes(no_job).await;
}

/// The part of the child of the test above.
#[tokio::test]
async fn as_no_job_of_github() {
    if child::is_for("http::as_no_job_of_github") {
        let error = token_of(&IdentityTokenGitHubActions::new()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::IdentityTokenMissing);
        assert!(error.to_string().contains("ACTIONS_ID_TOKEN_REQUEST_URL is not set"), "{error}");
        assert!(error.to_string().contains("id-token: write"), "{error}");
    }
}

/// The kind of what comes of the endpoint; the error names it, without its query.
async fn kind_of(endpoint: &Endpoint, json_member: Option<&str>) -> ErrorKind {
    // An outage is retried for as long as this.
    let mut retriever = IdentityTokenUrl::new(endpoint.url("/token?secret=planted"))
        .unwrap()
        .timeout(Duration::from_secs(2));
    assert!(!format!("{retriever:?}").contains("planted"), "{retriever:?}");
    if let Some(member) = json_member {
        retriever = retriever.json_member(member);
    }

    let error = token_of(&retriever).await.unwrap_err();

    assert!(error.to_string().contains(&endpoint.url("/token")), "{error}");
    let shown = format!("{error} {error:?} {retriever:?}");
    assert!(!shown.contains("planted"), "{shown}");
    error.kind()
}

#[tokio::test]
async fn each_way_of_being_unusable_has_its_kind_and_names_the_endpoint() {
    use ErrorKind as K;
    for (status, body, kind) in [
        (StatusCode::FORBIDDEN, b"planted".to_vec(), K::IdentityTokenUnreadable),
        (StatusCode::INTERNAL_SERVER_ERROR, b"planted".to_vec(), K::IdentityTokenUnreadable),
        (StatusCode::OK, Vec::new(), K::IdentityTokenEmpty),
        (StatusCode::OK, b" \n".to_vec(), K::IdentityTokenEmpty),
        (StatusCode::OK, b"planted\xff".to_vec(), K::IdentityTokenNotUtf8),
        (StatusCode::OK, b"planted".repeat(3_000), K::IdentityTokenTooLarge),
        (StatusCode::OK, b"planted".repeat(300_000), K::IdentityTokenTooLarge),
    ] {
        let endpoint = Endpoint::answering(move |_| (status, body.clone())).await;
        assert_eq!(kind_of(&endpoint, None).await, kind);
    }
}

#[tokio::test]
async fn json_without_the_member_is_unreadable() {
    for body in [
        String::new(),
        "planted".into(),
        r#"{"token": "planted"}"#.into(),
        r#"{"value": 5}"#.into(),
        r#"["value"]"#.into(),
        "[".repeat(50_000),
    ] {
        let endpoint = Endpoint::answering(move |_| body.clone()).await;
        assert_eq!(kind_of(&endpoint, Some("value")).await, ErrorKind::IdentityTokenUnreadable);
    }

    let empty = Endpoint::answering(|_| r#"{"value": " "}"#).await;
    assert_eq!(kind_of(&empty, Some("value")).await, ErrorKind::IdentityTokenEmpty);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let endpoint =
        Endpoint::answering(|_| (StatusCode::FOUND, [(LOCATION, "/elsewhere")]).into_response())
            .await;

    assert_eq!(kind_of(&endpoint, None).await, ErrorKind::IdentityTokenUnreadable);
    assert_eq!(endpoint.count(), 1);
}

#[tokio::test]
async fn what_is_no_answer_of_http_is_unreadable() {
    for bytes in [
        b"".to_vec(),
        b"\x00\xff planted".to_vec(),
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nplanted".to_vec(),
    ] {
        let endpoint = Endpoint::saying(bytes).await;
        assert_eq!(kind_of(&endpoint, None).await, ErrorKind::IdentityTokenUnreadable);
    }
}

#[tokio::test]
async fn an_endpoint_that_is_not_there_is_unreadable_and_may_be_there_later() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let retriever =
        IdentityTokenUrl::new(format!("http://{nobody}/")).unwrap().timeout(Duration::from_secs(2));

    let error = token_of(&retriever).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::IdentityTokenUnreadable);
    assert!(error.is_recoverable());
}

#[tokio::test]
async fn an_endpoint_that_never_answers_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());

    let moment = Duration::from_millis(1);
    let plain = IdentityTokenUrl::new(&url).unwrap().timeout(moment);
    let github = IdentityTokenGitHubActions::with_request(url, "planted").timeout(moment);
    for error in [token_of(&plain).await.unwrap_err(), token_of(&github).await.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert!(error.to_string().contains("within 1ms"), "{error}");
    }
}

#[tokio::test]
async fn another_http_client_may_ask() {
    let proxy = Endpoint::answering(|_| "token").await;
    let mut program = child::running("http::as_a_program_behind_a_proxy");
    program.env_remove("no_proxy").env_remove("NO_PROXY").env("http_proxy", proxy.url(""));

    child::passes(program).await;
    assert_eq!(proxy.only("host"), ("http://issuer.example/token".into(), "issuer.example".into()));
}

/// The part of the child of the test above.
#[tokio::test]
async fn as_a_program_behind_a_proxy() {
    if child::is_for("http::as_a_program_behind_a_proxy") {
        let http = stscreds_transport::HyperClient::from_env().unwrap();
        let retriever = IdentityTokenUrl::new("http://issuer.example/token").unwrap();
        assert_eq!(token_of(&retriever.http_client(http)).await.unwrap(), "token");
    }
}

/// What an endpoint does before it returns a token.
#[derive(Debug, Clone, Copy)]
enum Trouble {
    Status(u16),
    /// Closes the connection without a response.
    Close,
    /// Ends the response before its end.
    Truncate,
    /// Accepts the request and stays silent.
    Silence,
}

/// An endpoint in trouble for so many connections, and the count of all of them.
async fn troubled(trouble: Trouble, times: usize) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        let mut silent = Vec::new();
        while let Ok((mut connection, _)) = listener.accept().await {
            let _request = connection.read(&mut [0; 4096]).await;
            let number = counted.fetch_add(1, Ordering::SeqCst) + 1;
            let response = match trouble {
                _ if number > times => {
                    "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\ntoken".to_owned()
                }
                Trouble::Status(status) => {
                    format!("HTTP/1.1 {status} planted\r\ncontent-length: 7\r\n\r\nplanted")
                }
                Trouble::Close => continue,
                Trouble::Truncate => {
                    "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nplanted".to_owned()
                }
                Trouble::Silence => {
                    silent.push(connection);
                    continue;
                }
            };
            let _sent = connection.write_all(response.as_bytes()).await;
        }
    });
    (url, count)
}

#[tokio::test]
async fn an_outage_of_the_endpoint_is_retried() {
    for trouble in [
        Trouble::Status(429),
        Trouble::Status(500),
        Trouble::Status(502),
        Trouble::Status(503),
        Trouble::Status(504),
        Trouble::Close,
        Trouble::Truncate,
    ] {
        let (url, count) = troubled(trouble, 2).await;
        let plain = IdentityTokenUrl::new(&url).unwrap();

        assert_eq!(token_of(&plain).await.unwrap(), "token", "{trouble:?}");
        assert_eq!(count.load(Ordering::SeqCst), 3, "{trouble:?}");
    }

    let (url, count) = troubled(Trouble::Silence, 1).await;
    let plain = IdentityTokenUrl::new(&url).unwrap().timeout(Duration::from_secs(2));
    assert_eq!(token_of(&plain).await.unwrap(), "token");
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn every_other_status_is_final() {
    for status in [300, 302, 307, 400, 401, 403, 404, 407, 408, 410, 422, 428, 451] {
        let (url, count) = troubled(Trouble::Status(status), 1).await;

        let error = token_of(&IdentityTokenUrl::new(&url).unwrap()).await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::IdentityTokenUnreadable, "{status}");
        assert!(error.to_string().contains(&status.to_string()), "{error}");
        assert!(!format!("{error:?}").contains("planted"), "{error:?}");
        assert_eq!(count.load(Ordering::SeqCst), 1, "{status}");
    }
}

#[tokio::test]
async fn retries_end_with_the_timeout_and_say_what_was_seen() {
    let (url, count) = troubled(Trouble::Status(503), usize::MAX).await;
    let retriever = IdentityTokenUrl::new(&url).unwrap().timeout(Duration::from_secs(1));

    let error = token_of(&retriever).await.unwrap_err();

    assert!(error.to_string().contains("503"), "{error}");
    assert!(error.is_recoverable());
    // At 0, 0.1, 0.3 and 0.7 s, less what a loaded machine takes for them; the next would begin after the timeout.
    assert!((2..=4).contains(&count.load(Ordering::SeqCst)));
}

#[test]
fn neither_a_url_nor_its_secrets_are_shown_by_the_retriever_of_github() {
    let url = "https://user:planted@pipelines.actions.example/planted?sig=planted";

    let shown = format!("{:?}", IdentityTokenGitHubActions::with_request(url, "planted"));

    assert!(!shown.contains("planted"), "{shown}");
}
