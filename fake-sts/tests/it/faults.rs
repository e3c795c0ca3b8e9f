//! What goes wrong on purpose, as clients see it.

mod broken_answers;
mod connections;
mod matching;
mod outage;
mod refused_faults;
#[cfg(feature = "aws-sdk")]
mod sdk;
pub(crate) mod side_door;
mod throttling;

use std::io;
use std::time::{Duration, SystemTime};

use fake_sts::FakeSts;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::{ALICE, Call, ask, call, keys};

const PLAIN: &str = "arn:aws:iam::111122223333:role/plain";

fn whoami() -> Call {
    call("GetCallerIdentity", &[])
}

fn assume(role: &str) -> Call {
    call("AssumeRole", &[("RoleArn", role), ("RoleSessionName", "run")])
}

async fn frozen() -> FakeSts {
    let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(1_783_936_800);
    FakeSts::builder().clock_frozen_at(noon).start().await.unwrap()
}

/// All that comes back for a call on a connection of its own, and how the connection ended.
async fn raw(sts: &FakeSts, call: Call) -> (String, io::Result<()>) {
    let mut stream = TcpStream::connect(sts.address().unwrap()).await.unwrap();
    stream.write_all(&bytes(sts, call)).await.unwrap();
    let (mut seen, mut buffer) = (Vec::new(), [0; 4096]);
    let end = loop {
        match stream.read(&mut buffer).await {
            Ok(0) => break Ok(()),
            Ok(length) => seen.extend_from_slice(&buffer[..length]),
            Err(error) => break Err(error),
        }
    };
    (String::from_utf8(seen).unwrap(), end)
}

/// A signed call as it goes over the wire.
fn bytes(sts: &FakeSts, call: Call) -> Vec<u8> {
    let body = call.body.clone();
    let request = call.signed(sts, &keys(ALICE));
    let mut text = format!("{} {} HTTP/1.1\r\n", request.method(), request.uri());
    for (name, value) in request.headers() {
        text.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    text.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
    text.into_bytes()
}

/// The fake still works, on a new connection.
async fn is_healthy(sts: &FakeSts) {
    assert_eq!(ask(sts, &keys(ALICE), whoami()).await.status, 200);
}
