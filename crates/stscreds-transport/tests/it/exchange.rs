use std::time::Duration;

use http::StatusCode;
use stscreds_transport::{HttpErrorKind, HyperClient, MaxResponseBytes};
use tokio::net::TcpListener;

use crate::server::{OK, Server, post, request};

#[tokio::test]
async fn a_request_arrives_as_it_was_made_and_its_response_is_whole() {
    let server = Server::saying(OK).await;
    let mut wanted = request(&server.url("/a/b?c=d%20e"), "a body");
    wanted.headers_mut().insert("x-test", "7".parse().unwrap());

    let response = stscreds_transport::HttpClient::send(&HyperClient::new(), wanted).await.unwrap();

    assert_eq!((response.status(), &response.body()[..]), (StatusCode::OK, &b"ok"[..]));
    let head = &server.heads()[0];
    assert!(head.starts_with("POST /a/b?c=d%20e HTTP/1.1\r\n"), "{head}");
    for line in [&format!("host: {}", server.address), "x-test: 7", "content-length: 6"] {
        assert!(head.contains(&format!("{line}\r\n")), "{head}");
    }
}

#[tokio::test]
async fn a_host_that_the_request_names_is_kept() {
    let server = Server::saying(OK).await;
    let mut wanted = request(&server.url("/"), "");
    wanted.headers_mut().insert("host", "localhost".parse().unwrap());

    stscreds_transport::HttpClient::send(&HyperClient::new(), wanted).await.unwrap();

    assert!(server.heads()[0].contains("host: localhost\r\n"));
}

#[tokio::test]
async fn a_response_of_any_status_is_one_and_a_redirect_is_not_followed() {
    for status in [204, 301, 302, 307, 308, 400, 403, 404, 500, 503] {
        let server = Server::saying(format!(
            "HTTP/1.1 {status} x\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n"
        ))
        .await;

        let response = post(&HyperClient::new(), &server.url("/"), "").await.unwrap();

        assert_eq!((response.status().as_u16(), server.heads().len()), (status, 1));
    }
}

#[tokio::test]
async fn a_body_of_the_limit_is_read_and_one_more_byte_is_too_long() {
    let server =
        Server::saying(format!("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{:010}", 7)).await;
    let endless =
        Server::saying(format!("HTTP/1.1 200 OK\r\n\r\n{}", "planted".repeat(2_000_000))).await;
    let within = |limit, url: String| async move {
        let mut request = request(&url, "");
        request.extensions_mut().insert(MaxResponseBytes(limit));
        stscreds_transport::HttpClient::send(&HyperClient::new(), request).await
    };

    assert!(within(10, server.url("/")).await.is_ok());
    let default = MaxResponseBytes::DEFAULT.0;
    for error in [
        within(9, server.url("/")).await.unwrap_err(),
        within(default, endless.url("/")).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), HttpErrorKind::ResponseTooLarge);
        assert!(!error.is_unsent());
        assert!(!format!("{error:?}").contains("planted"), "{error:?}");
    }
}

#[tokio::test]
async fn a_response_that_ends_too_early_or_is_not_http_has_its_kind() {
    use HttpErrorKind as K;
    for (bytes, kind) in [
        ("", K::Broken),
        ("HTTP/1.1 200 OK\r\ncontent-", K::Broken),
        ("HTTP/1.1 200 OK\r\ncontent-length: 100\r\nconnection: close\r\n\r\nplanted", K::Broken),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nplan", K::Broken),
        ("\x00 planted", K::InvalidResponse),
        ("220 planted ESMTP\r\n\r\n", K::InvalidResponse),
        ("HTTP/9.1 200 OK\r\n\r\n", K::InvalidResponse),
    ] {
        let server = Server::saying(bytes).await;

        let error =
            post(&HyperClient::new(), &server.url("/?planted"), "planted").await.unwrap_err();

        assert_eq!(error.kind(), kind, "{bytes:?}: {error:?}");
        assert!(!error.is_unsent(), "{bytes:?}");
        assert!(!format!("{error} {error:?}").contains("planted"), "{error:?}");
    }
}

#[tokio::test]
async fn a_request_to_nobody_is_unsent() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();

    let error =
        post(&HyperClient::new(), &format!("http://{nobody}/?planted"), "").await.unwrap_err();

    assert_eq!((error.kind(), error.is_unsent()), (HttpErrorKind::Connect, true));
    assert_eq!(error.to_string(), format!("cannot connect to {nobody}"));
}

#[tokio::test(start_paused = true)]
async fn a_tls_connection_that_is_not_made_in_time_is_unsent() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/", silent.local_addr().unwrap().port());
    let begun = tokio::time::Instant::now();

    let error = post(&HyperClient::new(), &url, "").await.unwrap_err();

    assert_eq!((error.kind(), error.is_unsent()), (HttpErrorKind::ConnectTimedOut, true));
    assert!(error.to_string().contains("within 3s"), "{error}");
    assert_eq!(begun.elapsed().as_secs(), Duration::from_secs(3).as_secs());
}
