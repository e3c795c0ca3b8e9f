//! Who gets through the side door, and what it says to the rest.

use fake_sts::{FakeSts, StartError};
use http::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{read, side};
use crate::client::{get, send};

async fn with_header(sts: &FakeSts, path: &str, authorization: &str) -> u16 {
    let call = get("", &[]).target(&format!("/_fake-sts/{path}"));
    send(sts, call.header("authorization", authorization).unsigned(sts)).await.status
}

#[tokio::test]
async fn with_a_control_token_only_its_bearers_get_through() {
    let sts = FakeSts::builder().control_token("s3cret").start().await.unwrap();

    assert_eq!(with_header(&sts, "calls", "Bearer s3cret").await, 200);
    assert_eq!(with_header(&sts, "calls", "bearer s3cret").await, 200);
    for wrong in ["Bearer s3cre", "Bearer s3crett", "Bearer ", "Basic s3cret", "s3cret", ""] {
        assert_eq!(with_header(&sts, "calls", wrong).await, 401, "{wrong}");
    }
    for path in ["calls", "clock", "state", "totp/x"] {
        let answer = side(&sts, Method::GET, path, "").await;
        assert_eq!((answer.status, answer.header("www-authenticate")), (401, "Bearer"), "{path}");
        assert!(read(&answer)["error"].as_str().unwrap().contains("Authorization: Bearer"));
    }
    assert!(!format!("{sts:?}").contains("s3cret"));
}

#[tokio::test]
async fn health_and_public_keys_need_no_control_token() {
    let sts = FakeSts::builder().control_token("s3cret").start().await.unwrap();

    for path in ["health", "ready", "oidc/.well-known/openid-configuration"] {
        assert_eq!(side(&sts, Method::GET, path, "").await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn a_control_token_that_no_header_can_carry_is_refused_at_the_start() {
    for token in ["", "two words", "é", "line\n"] {
        let refused = FakeSts::builder().control_token(token).without_socket();
        assert!(matches!(refused, Err(StartError::ControlToken(_))), "{token:?}");
    }
}

#[tokio::test]
async fn another_method_is_told_which_ones_there_are() {
    let sts = FakeSts::start().await;

    let wrong = side(&sts, Method::POST, "clock", "{}").await;

    assert_eq!((wrong.status, wrong.header("allow")), (405, "GET,HEAD,PUT"));
    assert!(read(&wrong)["error"].as_str().unwrap().contains("POST"));
}

#[tokio::test]
async fn another_path_is_told_which_ones_there_are() {
    let sts = FakeSts::start().await;

    for path in ["clocks", "", "clock/"] {
        let wrong = side(&sts, Method::GET, path, "").await;

        assert_eq!(wrong.status, 404, "{path}");
        let error = read(&wrong)["error"].as_str().unwrap().to_owned();
        assert!(error.contains("/clock,") && error.contains("/totp/{serial},"), "{error}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_body_is_told_with_its_place() {
    let sts = FakeSts::start().await;
    let error = async |method, path, body| {
        let answer = side(&sts, method, path, body).await;
        (answer.status, read(&answer)["error"].as_str().unwrap().to_owned())
    };

    let (status, message) = error(
        Method::PUT,
        "state",
        r#"{"accounts": [{"id": "111122223333", "users": [{"name": "a", "tag": {}}]}]}"#,
    )
    .await;
    let (_, second) = error(Method::PUT, "clock", r#"{"frozen": true} {"frozen": false}"#).await;
    let long = " ".repeat(10_000_001);
    let (too_long, _) = error(Method::PUT, "state", &long).await;

    assert_eq!((status, too_long), (400, 413));
    assert!(
        message
            .starts_with("accounts[0].users[0].tag: unknown field `tag`, expected one of `name`"),
        "{message}"
    );
    assert!(second.contains("after the JSON"), "{second}");
    assert_eq!(side(&sts, Method::GET, "health", "").await.status, 200);
}

#[tokio::test]
async fn a_body_that_is_announced_as_too_long_is_refused_before_it_comes() {
    let sts = FakeSts::start().await;
    let mut stream = TcpStream::connect(sts.address().unwrap()).await.unwrap();
    let head = "PUT /_fake-sts/state HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10000001\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();

    let mut status = [0; 12];
    stream.read_exact(&mut status).await.unwrap();

    assert_eq!(&status, b"HTTP/1.1 413");
}
