use stscreds_transport::{HttpErrorKind, HyperClient};
use tokio::net::TcpListener;

use crate::child;
use crate::server::{OK, Server, acceptor, post};

/// The test of a child: what it is asked to reach, and what must come of it.
async fn run(part: &str, proxy: &str, url: &str, more: &[(&str, &str)]) {
    let mut program = child::running(part);
    for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTPS_PROXY", "NO_PROXY"] {
        program.env_remove(name);
    }
    program.env("all_proxy", proxy).env("URL", url).envs(more.iter().copied());
    child::passes(program).await;
}

#[expect(clippy::disallowed_methods, reason = "how the child learns the URL")]
fn url() -> String {
    std::env::var("URL").unwrap()
}

#[tokio::test]
async fn a_proxy_gets_the_whole_url_of_a_plain_request_and_who_asks() {
    let proxy = Server::saying(OK).await;
    let address = format!("alice:planted@{}", proxy.address);

    run("proxies::as_a_program_that_succeeds", &address, "http://sts.example/a?b", &[]).await;

    let head = &proxy.heads()[0];
    assert!(head.starts_with("POST http://sts.example/a?b HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("host: sts.example\r\n"), "{head}");
    // "alice:planted" in Base64.
    assert!(head.contains("proxy-authorization: Basic YWxpY2U6cGxhbnRlZA==\r\n"), "{head}");
}

#[tokio::test]
async fn a_tls_connection_goes_through_a_tunnel() {
    let (acceptor, certificate) = acceptor();
    let server = Server::start(Some(acceptor), |_head| OK.to_owned()).await;
    let target = server.address;
    let proxy = Server::responding(move |_head| format!("TUNNEL {target}")).await;
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("bundle.pem");
    std::fs::write(&bundle, certificate).unwrap();
    let bundle = [("AWS_CA_BUNDLE", bundle.to_str().unwrap())];
    let (proxy_url, part) =
        (format!("http://{}", proxy.address), "proxies::as_a_program_that_is_not_trusted");

    run(part, &proxy_url, "https://sts.example/", &bundle).await;

    let head = &proxy.heads()[0];
    assert!(
        head.starts_with("CONNECT sts.example:443 HTTP/1.1\r\nhost: sts.example:443\r\n"),
        "{head}"
    );
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_host_without_proxy_is_reached_directly() {
    let (proxy, server) = (Server::saying(OK).await, Server::saying(OK).await);
    let (proxy_url, url) = (format!("http://{}", proxy.address), server.url("/"));

    run("proxies::as_a_program_that_succeeds", &proxy_url, &url, &[]).await;
    assert_eq!((proxy.connections(), server.connections()), (0, 1), "this machine");

    let bypass = [("NO_PROXY", "sts.example")];
    run("proxies::as_a_program_that_finds_nobody", &proxy_url, "http://sts.example:1/", &bypass)
        .await;
    assert_eq!(proxy.connections(), 0);
}

#[tokio::test]
async fn a_proxy_that_refuses_a_tunnel_is_named_and_nothing_is_sent() {
    let endless = "HTTP/1.1 200 OK\r\nx: ".to_owned() + &"y".repeat(10_000);
    for (response, said) in [
        (
            "HTTP/1.1 407 x\r\nconnection: close\r\n\r\n",
            "wants a user name and password (HTTP 407)",
        ),
        ("HTTP/1.1 403 x\r\nconnection: close\r\n\r\n", "refused a tunnel (HTTP 403)"),
        ("SSH-2.0-x\r\n\r\n", "did not answer in HTTP"),
        ("HTTP/1.1 200 ", "ended the connection"),
        (&endless, "sent too long a response"),
    ] {
        let proxy = Server::saying(response).await;
        let proxy_url = format!("http://alice:planted@{}", proxy.address);
        let expected = [("SAID", said)];

        run("proxies::as_a_program_that_is_refused", &proxy_url, "https://sts.example/", &expected)
            .await;
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_a_connection_that_failed() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let said = format!("cannot connect to {nobody}");
    let expected = [("SAID", said.as_str())];

    let proxy_url = format!("http://{nobody}");
    run("proxies::as_a_program_that_is_refused", &proxy_url, "https://sts.example/", &expected)
        .await;
}

#[tokio::test]
async fn as_a_program_that_succeeds() {
    if child::is_for("proxies::as_a_program_that_succeeds") {
        post(&HyperClient::from_env().unwrap(), &url(), "").await.unwrap();
    }
}

/// Its certificate is for `localhost`, which is seen behind the tunnel.
#[tokio::test]
async fn as_a_program_that_is_not_trusted() {
    if child::is_for("proxies::as_a_program_that_is_not_trusted") {
        let error = post(&HyperClient::from_env().unwrap(), &url(), "").await.unwrap_err();
        assert!(format!("{error:?}").contains("NotValidForName"), "{error:?}");
    }
}

#[tokio::test]
async fn as_a_program_that_finds_nobody() {
    if child::is_for("proxies::as_a_program_that_finds_nobody") {
        let error = post(&HyperClient::from_env().unwrap(), &url(), "").await.unwrap_err();
        assert!(error.is_unsent(), "{error:?}");
    }
}

#[tokio::test]
async fn as_a_program_that_is_refused() {
    if child::is_for("proxies::as_a_program_that_is_refused") {
        #[expect(clippy::disallowed_methods, reason = "how the child learns what to expect")]
        let said = std::env::var("SAID").unwrap();
        let client = HyperClient::from_env().unwrap();

        let error = post(&client, &url(), "planted").await.unwrap_err();

        assert_eq!((error.kind(), error.is_unsent()), (HttpErrorKind::Connect, true));
        assert!(error.to_string().contains(&said), "{error}");
        assert!(!format!("{error:?} {client:?}").contains("planted"), "{error:?} {client:?}");
    }
}
