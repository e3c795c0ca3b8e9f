use std::time::Duration;

use stscreds_transport::{HttpClient, HyperClient, NewConnection};

use crate::server::{OK, Server, post, request};

#[tokio::test]
async fn a_connection_serves_one_request_after_another() {
    let server = Server::saying(OK).await;
    let client = HyperClient::new();

    for _ in 0..3 {
        post(&client, &server.url("/"), "").await.unwrap();
        post(&client.clone(), &server.url("/other"), "").await.unwrap();
    }

    assert_eq!((server.connections(), server.heads().len()), (1, 6));
}

#[tokio::test]
async fn a_request_that_must_not_be_repeated_gets_a_connection_of_its_own() {
    let server = Server::saying(OK).await;
    let client = HyperClient::new();
    post(&client, &server.url("/"), "").await.unwrap();

    let mut once = request(&server.url("/"), "");
    once.extensions_mut().insert(NewConnection);
    client.send(once).await.unwrap();

    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_connection_that_the_server_ends_costs_a_new_one_and_no_failure() {
    let server =
        Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok").await;
    let client = HyperClient::new();

    for _ in 0..4 {
        post(&client, &server.url("/"), "").await.unwrap();
    }

    assert_eq!((server.connections(), server.heads().len()), (4, 4));
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_was_idle_for_twenty_seconds_is_not_used_again() {
    let server = Server::saying(OK).await;
    let client = HyperClient::new();

    post(&client, &server.url("/"), "").await.unwrap();
    tokio::time::advance(Duration::from_millis(19_999)).await;
    post(&client, &server.url("/"), "").await.unwrap();
    assert_eq!(server.connections(), 1);

    tokio::time::advance(Duration::from_secs(20)).await;
    post(&client, &server.url("/"), "").await.unwrap();
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn requests_at_the_same_time_do_not_wait_for_each_other() {
    let server = Server::saying(OK).await;
    let client = HyperClient::new();
    let url = server.url("/");

    let (a, b) = tokio::join!(post(&client, &url, ""), post(&client, &url, ""));
    assert!(a.is_ok() && b.is_ok());
    assert_eq!(server.connections(), 2);

    let (a, b) = tokio::join!(post(&client, &url, ""), post(&client, &url, ""));
    assert!(a.is_ok() && b.is_ok());
    assert_eq!(server.connections(), 2, "both are used again");
}

/// A socket dies with the runtime that made it.
#[test]
fn a_connection_is_used_by_the_runtime_that_made_it_only() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let servers = runtime();
    let server = servers.block_on(Server::saying(OK));
    let client = HyperClient::new();

    for _ in 0..3 {
        runtime().block_on(post(&client, &server.url("/"), "")).unwrap();
    }

    assert_eq!((server.connections(), server.heads().len()), (3, 3));
}

#[tokio::test]
async fn a_request_that_is_dropped_leaves_the_client_usable() {
    let hanging = Server::responding(|head| match head.contains("/hang") {
        true => "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n".to_owned(),
        false => OK.to_owned(),
    })
    .await;
    let client = HyperClient::new();

    let moment = Duration::from_millis(50);
    let given_up = tokio::time::timeout(moment, post(&client, &hanging.url("/hang"), "")).await;
    assert!(given_up.is_err());

    post(&client, &hanging.url("/"), "").await.unwrap();
    assert_eq!(hanging.connections(), 2, "half a response is on the first one");
}
