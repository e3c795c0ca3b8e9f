use http::StatusCode;
use stscreds_transport::{HttpClient, HttpErrorKind, MaxResponseBytes, ReqwestClient};
use tokio::net::TcpListener;

use crate::server::{OK, Server, post, request};

fn client() -> ReqwestClient {
    ReqwestClient::new(reqwest::Client::builder()).unwrap()
}

#[tokio::test]
async fn a_request_arrives_as_it_was_made_on_a_connection_of_its_own() {
    let server = Server::saying(OK).await;
    let client = client();

    for _ in 0..2 {
        let mut wanted = request(&server.url("/a/b?c=d%20e"), "a body");
        wanted.headers_mut().insert("host", "sts.example".parse().unwrap());
        let response = client.send(wanted).await.unwrap();
        assert_eq!((response.status(), &response.body()[..]), (StatusCode::OK, &b"ok"[..]));
    }

    assert_eq!((server.connections(), server.heads().len()), (2, 2));
    let head = &server.heads()[0];
    assert!(head.starts_with("POST /a/b?c=d%20e HTTP/1.1\r\n"), "{head}");
    for line in ["host: sts.example", "content-length: 6"] {
        assert!(head.contains(&format!("{line}\r\n")), "{head}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_whatever_the_builder_says() {
    let redirect = "HTTP/1.1 307 x\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n";
    let server = Server::saying(redirect).await;
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::limited(3));

    let client = ReqwestClient::new(builder).unwrap();
    let response = post(&client, &server.url("/"), "").await.unwrap();

    assert_eq!((response.status().as_u16(), server.heads().len()), (307, 1));
}

#[tokio::test]
async fn each_failure_has_its_kind_and_shows_nothing_of_the_request() {
    use HttpErrorKind as K;
    let broken = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\nconnection: close\r\n\r\nplanted";
    let long = format!("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{:010}", 7);
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (broken, long) = (Server::saying(broken).await, Server::saying(long).await);
    for (url, kind, is_unsent) in [
        (format!("http://{nobody}/?planted"), K::Connect, true),
        (broken.url("/?planted"), K::Broken, false),
        (long.url("/?planted"), K::ResponseTooLarge, false),
        ("http://planted:planted@127.0.0.1/".to_owned(), K::Configuration, true),
        ("/planted".to_owned(), K::Configuration, true),
    ] {
        let mut wanted = request(&url, "planted");
        wanted.extensions_mut().insert(MaxResponseBytes(9));
        let error = client().send(wanted).await.unwrap_err();

        assert_eq!((error.kind(), error.is_unsent()), (kind, is_unsent), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("planted"), "{error:?}");
    }
    assert_eq!((broken.heads().len(), long.heads().len()), (1, 1), "nothing is repeated");
}
