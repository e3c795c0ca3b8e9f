//! Nobody listens.

use std::io::ErrorKind;
use std::time::Duration;

use axum::body::Body;
use fake_sts::FakeSts;
use fake_sts::fault::{Disruption, Fate};
use http_body_util::BodyExt as _;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;

use super::{is_healthy, whoami};
use crate::client::{ALICE, Answer, Call, control, keys, send};

fn ask_for_outage(body: &str) -> Call {
    control(http::Method::POST, "outage", body)
}

async fn outage_over_http(sts: &FakeSts, body: &str) -> Answer {
    send(sts, ask_for_outage(body).unsigned(sts)).await
}

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

#[tokio::test]
async fn over_http_it_is_there_with_the_answer_and_ends_by_itself() {
    let sts = FakeSts::start().await;
    let answer = outage_over_http(&sts, r#"{"for": 600}"#).await;
    assert_eq!((answer.status, answer.body.as_str()), (202, ""));

    // From here on the outage's time passes only when this test waits, and nobody else does.
    tokio::time::pause();
    // Without the runtime, which would take waiting for a connection for idling.
    let refused = std::net::TcpStream::connect(sts.address().unwrap()).map(drop);
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::ConnectionRefused);
    tokio::time::sleep(Duration::from_secs(601)).await;
    tokio::time::resume();

    is_healthy(&sts).await;
    assert_eq!(sts.journal().total(), 1);
}

#[tokio::test]
async fn over_http_it_breaks_off_connections_of_before() {
    let sts = FakeSts::start().await;
    let stream = TcpStream::connect(sts.address().unwrap()).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let before = sender.send_request(whoami().signed(&sts, &keys(ALICE))).await.unwrap();
    before.into_body().collect().await.unwrap();

    outage_over_http(&sts, r#"{"for": 600}"#).await;
    let during = sender.send_request(whoami().signed(&sts, &keys(ALICE))).await;

    assert!(during.is_err(), "{during:?}");
    assert_eq!(sts.journal().total(), 1);
}

#[tokio::test]
async fn over_http_it_has_a_length_within_bounds() {
    let sts = FakeSts::start().await;
    for wrong in ["0", "-1", "600.1", "1e300", "1e-300"] {
        let answer = outage_over_http(&sts, &format!(r#"{{"for": {wrong}}}"#)).await;
        assert_eq!(answer.status, 400, "{wrong}");
        assert!(answer.body.contains("above 0 and at most 600 seconds"), "{}", answer.body);
    }
    for wrong in ["", "{}", r#"{"for": "5"}"#, r#"{"for": 5, "from": 1}"#] {
        assert_eq!(outage_over_http(&sts, wrong).await.status, 400, "{wrong}");
    }

    is_healthy(&sts).await;
}

#[tokio::test(start_paused = true)]
async fn without_a_socket_it_can_be_asked_for_as_well() {
    let sts = FakeSts::builder().without_socket().unwrap();
    let ask = |call: http::Request<_>| sts.router().oneshot(call.map(Body::new));
    let call = || whoami().signed(&sts, &keys(ALICE));

    let answer = ask(ask_for_outage(r#"{"for": 5}"#).unsigned(&sts)).await.unwrap();
    let during = ask(call()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(6)).await;
    let after = ask(call()).await.unwrap();

    assert_eq!(answer.status(), 202);
    assert_eq!(during.extensions().get::<Disruption>().unwrap().answer, Fate::Refused);
    assert_eq!((after.status().as_u16(), sts.journal().total()), (200, 1));
}
