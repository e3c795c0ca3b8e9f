//! Nobody listens.

use std::io::ErrorKind;

use axum::body::Body;
use fake_sts::{
    FakeSts,
    fault::{Disruption, Fate},
};
use http_body_util::BodyExt as _;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;

use super::{is_healthy, whoami};
use crate::client::{ALICE, keys};

async fn connects(sts: &FakeSts) -> Result<(), ErrorKind> {
    let connected = TcpStream::connect(sts.address().unwrap()).await;
    connected.map(drop).map_err(|error| error.kind())
}

#[tokio::test]
async fn connections_are_refused_while_it_lasts_and_taken_at_once_when_it_ends() {
    let sts = FakeSts::start().await;
    for _ in 0..20 {
        let outage = sts.outage().unwrap();
        assert_eq!(connects(&sts).await, Err(ErrorKind::ConnectionRefused));
        drop(outage);
        is_healthy(&sts).await;
    }

    assert_eq!(sts.journal().total(), 20);
}

#[tokio::test]
async fn the_port_is_kept_for_the_fake() {
    let sts = FakeSts::start().await;
    let _outage = sts.outage().unwrap();

    let thief = TcpListener::bind(sts.address().unwrap()).await;

    assert_eq!(thief.unwrap_err().kind(), ErrorKind::AddrInUse);
}

#[tokio::test]
async fn the_last_of_several_outages_opens_the_port() {
    let sts = FakeSts::start().await;
    let (first, second) = (sts.outage().unwrap(), sts.outage().unwrap());

    drop(first);
    assert_eq!(connects(&sts).await, Err(ErrorKind::ConnectionRefused));
    drop(second);
    assert_eq!(connects(&sts).await, Ok(()));
}

#[tokio::test]
async fn a_connection_of_before_carries_no_further_call() {
    let sts = FakeSts::start().await;
    let stream = TcpStream::connect(sts.address().unwrap()).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let before = sender.send_request(whoami().signed(&sts, &keys(ALICE))).await.unwrap();
    assert_eq!(before.status(), 200);
    before.into_body().collect().await.unwrap();

    let outage = sts.outage().unwrap();
    let during = sender.send_request(whoami().signed(&sts, &keys(ALICE))).await;
    drop(outage);

    assert!(during.is_err(), "{during:?}");
    is_healthy(&sts).await;
    assert_eq!(sts.journal().total(), 2);
}

#[test]
fn it_ends_outside_of_the_runtime_as_well() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sts = runtime.block_on(FakeSts::start());

    drop(sts.outage().unwrap());

    runtime.block_on(is_healthy(&sts));
}

#[tokio::test]
async fn an_outage_may_outlive_its_fake() {
    let sts = FakeSts::start().await;
    let address = sts.address().unwrap();
    let outage = sts.outage().unwrap();

    drop(sts);
    drop(outage);

    assert!(FakeSts::builder().port(address.port()).start().await.is_ok());
}

#[tokio::test]
async fn without_a_socket_the_answer_says_so() {
    let sts = FakeSts::builder().without_socket().unwrap();
    let ask = || sts.router().oneshot(whoami().signed(&sts, &keys(ALICE)).map(Body::new));

    let outage = sts.outage().unwrap();
    let during = ask().await.unwrap();
    drop(outage);
    let after = ask().await.unwrap();

    let disruption = during.extensions().get::<Disruption>().unwrap();
    assert_eq!(disruption.answer, Fate::Refused);
    assert_eq!(disruption.error().unwrap().kind(), ErrorKind::ConnectionRefused);
    assert_eq!((after.status().as_u16(), sts.journal().total()), (200, 1));
}
