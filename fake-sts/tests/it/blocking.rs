//! Fakes of tests that are not asynchronous.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use fake_sts::StartError;
use fake_sts::blocking::FakeSts;
use fake_sts::world::{Account, World};

use crate::client::{ALICE, ALICE_ARN, ask, call, keys};

fn caller(sts: &FakeSts) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let answer = runtime.block_on(ask(sts, &keys(ALICE), call("GetCallerIdentity", &[])));
    answer.text("Arn").to_owned()
}

/// A connection that has been served once and stays open.
fn connected(sts: &FakeSts) -> TcpStream {
    let mut stream = TcpStream::connect(sts.address().unwrap()).unwrap();
    stream.write_all(b"GET /x HTTP/1.1\r\nHost: sts\r\n\r\n").unwrap();
    stream.read_exact(&mut [0; 20]).unwrap();
    stream
}

#[test]
fn a_fake_serves_without_a_runtime_around_it() {
    let sts = FakeSts::start();

    assert_eq!(caller(&sts), ALICE_ARN);
    sts.clock().advance(Duration::from_secs(3600));
    assert_eq!(caller(&sts), ALICE_ARN);
    assert_eq!(sts.journal().total(), 2);
}

#[test]
fn a_dropped_fake_leaves_neither_port_nor_connection() {
    let sts = FakeSts::start();
    let address = sts.address().unwrap();
    let mut stream = connected(&sts);

    drop(sts);

    assert!(TcpListener::bind(address).is_ok());
    let _ = stream.read_to_end(&mut Vec::new());
}

#[tokio::test]
async fn a_fake_lives_and_dies_inside_of_a_runtime_too() {
    let sts = FakeSts::start();
    let address = sts.address().unwrap();

    let answer = ask(&sts, &keys(ALICE), call("GetCallerIdentity", &[])).await;
    assert_eq!(answer.text("Arn"), ALICE_ARN);

    drop(sts);
    assert!(TcpListener::bind(address).is_ok());
    FakeSts::start().stop(Duration::from_secs(1));
}

#[tokio::test]
async fn what_is_asynchronous_can_be_waited_for_from_anywhere() {
    let sts = FakeSts::start();
    let pause = async || tokio::time::sleep(Duration::from_millis(1)).await;

    sts.block_on(pause());
    std::thread::scope(|scope| scope.spawn(|| sts.block_on(pause())).join().unwrap());
    let panicking = std::panic::AssertUnwindSafe(|| sts.block_on(async { panic!("on purpose") }));
    assert!(std::panic::catch_unwind(panicking).is_err());

    assert_eq!(sts.block_on(async { sts.journal().total() }), 0);
}

#[test]
fn stopping_frees_the_port_and_does_not_wait_for_connections_at_rest() {
    let sts = FakeSts::start();
    let address = sts.address().unwrap();
    let mut stream = connected(&sts);

    sts.stop(Duration::from_secs(3600));

    assert!(TcpListener::bind(address).is_ok());
    let _ = stream.read_to_end(&mut Vec::new());
}

#[test]
fn a_fake_that_cannot_start_says_why() {
    let sts = FakeSts::start();
    let port = sts.address().unwrap().port();

    let taken = FakeSts::builder().port(port).start_blocking().unwrap_err();
    let nonsense = World::empty().account(Account::new("1"));
    let invalid = FakeSts::builder().world(nonsense).start_blocking().unwrap_err();

    assert!(matches!(taken, StartError::Bind { .. }), "{taken}");
    assert!(matches!(invalid, StartError::World(_)), "{invalid}");
}

#[test]
fn a_test_that_panics_is_not_held_up_by_its_fake() {
    let outcome = std::thread::spawn(|| {
        let _sts = FakeSts::start();
        panic!("on purpose");
    });

    assert!(outcome.join().is_err());
}
