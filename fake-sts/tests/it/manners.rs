//! How a fake begins and ends, in a test that knows nothing of the others.

use std::net::TcpListener as StdListener;
use std::time::Duration;

use fake_sts::FakeSts;
use fake_sts::fault::Fault;
use fake_sts::journal::Filter;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::client::{ALICE, ALICE_ARN, ask, call, keys};

/// Much longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Each takes a socket to listen on and two for its connection.
const MANY: usize = 1000;

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_fakes_live_beside_each_other_and_each_knows_its_own_calls() {
    let mut starting = JoinSet::new();
    for _ in 0..MANY {
        starting.spawn(FakeSts::start());
    }
    let all = starting.join_all().await;

    // All of them listen now; they are asked a hundred at a time, which is enough for any limit of open files.
    let mut answered = 0;
    let mut all = all.into_iter().enumerate();
    loop {
        let mut asking = JoinSet::new();
        for (number, sts) in all.by_ref().take(100) {
            asking.spawn(async move {
                for _ in 0..=number % 3 {
                    let answer = ask(&sts, &keys(ALICE), call("GetCallerIdentity", &[])).await;
                    assert_eq!(answer.text("Arn"), ALICE_ARN);
                }
                assert_eq!(sts.journal().total(), u64::try_from(number % 3 + 1).unwrap());
            });
        }
        if asking.is_empty() {
            break;
        }
        answered += asking.join_all().await.len();
    }
    assert_eq!(answered, MANY);
}

#[tokio::test]
async fn a_dropped_fake_frees_its_port_at_once() {
    let sts = FakeSts::start().await;
    let address = sts.address().unwrap();
    assert!(StdListener::bind(address).is_err());

    drop(sts);

    // Nothing has been awaited since: no task had a chance to clean up.
    assert!(StdListener::bind(address).is_ok());
}

#[tokio::test]
async fn a_dropped_fake_breaks_off_its_connections_and_leaves_no_task() {
    let before = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let sts = FakeSts::start().await;
    let mut stream = TcpStream::connect(sts.address().unwrap()).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    stream.read_u8().await.unwrap();

    drop(sts);

    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    let metrics = tokio::runtime::Handle::current().metrics();
    let tasks_end = async {
        while metrics.num_alive_tasks() != before {
            tokio::task::yield_now().await;
        }
    };
    assert!(timeout(PATIENCE, tasks_end).await.is_ok(), "a task is left");
}

#[tokio::test]
async fn a_fake_can_be_dropped_outside_of_its_runtime() {
    let sts = FakeSts::start().await;
    let address = sts.address().unwrap();

    std::thread::spawn(move || drop(sts)).join().unwrap();

    assert!(StdListener::bind(address).is_ok());
}

#[test]
fn a_fake_may_outlive_its_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let sts = runtime.block_on(FakeSts::start());

    drop(runtime);

    assert_eq!(sts.journal().total(), 0);
}

/// A request whose body is not all there yet.
async fn half_a_request(sts: &FakeSts) -> TcpStream {
    let mut stream = TcpStream::connect(sts.address().unwrap()).await.unwrap();
    let head = "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    // It asks for the body, so it has begun to work on the request.
    let mut asked = [0; 25];
    stream.read_exact(&mut asked).await.unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

#[tokio::test]
async fn stopping_lets_a_request_under_way_finish() {
    let sts = FakeSts::start().await;
    let address = sts.address().unwrap();
    let mut stream = half_a_request(&sts).await;

    let stopping = tokio::spawn(sts.stop(Duration::from_secs(60)));
    while StdListener::bind(address).is_err() {
        tokio::task::yield_now().await;
    }
    stream.write_all(b"body").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    stopping.await.unwrap();

    assert!(answer.starts_with("HTTP/1.1 302 Found\r\n"), "{answer}");
    assert!(answer.contains("connection: close\r\n"), "{answer}");
}

#[tokio::test]
async fn stopping_breaks_off_a_request_that_takes_too_long() {
    let sts = FakeSts::start().await;
    let mut stream = half_a_request(&sts).await;

    sts.stop(Duration::from_millis(20)).await;

    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert_eq!(answer, b"");
}

#[tokio::test]
async fn stopping_does_not_wait_for_connections_at_rest() {
    let sts = FakeSts::start().await;
    let mut stream = TcpStream::connect(sts.address().unwrap()).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    stream.read_u8().await.unwrap();

    let stopped = timeout(PATIENCE, sts.stop(Duration::from_secs(3600))).await;

    assert!(stopped.is_ok(), "it waits for a connection at rest");
}

#[tokio::test]
async fn stopping_does_not_wait_for_clients_that_have_said_nothing() {
    let sts = FakeSts::start().await;
    let mut streams = Vec::new();
    for _ in 0..10 {
        streams.push(TcpStream::connect(sts.address().unwrap()).await.unwrap());
    }

    // Would run into the time limit of the test runner otherwise.
    sts.stop(Duration::from_secs(3600)).await;

    for mut stream in streams {
        assert!(matches!(stream.read(&mut [0]).await, Ok(0) | Err(_)));
    }
}

#[tokio::test]
async fn stopping_does_not_wait_for_calls_that_hang() {
    let sts = FakeSts::start().await;
    let hanging = sts.inject(Fault::hang());
    let mut stream = TcpStream::connect(sts.address().unwrap()).await.unwrap();
    let head = "GET /?Action=GetCallerIdentity&Version=2011-06-15 HTTP/1.1\r\nHost: x\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    sts.journal().wait_for(Filter::new(), 1).await.unwrap();
    assert_eq!(hanging.hits(), 1);

    // Would run into the time limit of the test runner otherwise.
    sts.stop(Duration::from_secs(3600)).await;

    assert_eq!(stream.read(&mut [0]).await.unwrap(), 0);
}

#[tokio::test]
async fn stopping_answers_whoever_waits_for_calls_at_the_side_door() {
    let sts = FakeSts::start().await;
    let mut stream = TcpStream::connect(sts.address().unwrap()).await.unwrap();
    let head = "GET /_fake-sts/calls?wait=2&timeout=600 HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    // Who comes after it is answered, so it is waiting by now.
    ask(&sts, &keys(ALICE), call("GetCallerIdentity", &[])).await;

    let stopping = tokio::spawn(sts.stop(Duration::from_secs(3600)));
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    stopping.await.unwrap();

    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("the fake is about to stop"), "{answer}");
}
