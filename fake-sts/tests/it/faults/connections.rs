//! Connections that end or stay silent, over real sockets.

use std::io::ErrorKind;
use std::time::Duration;

use fake_sts::FakeSts;
use fake_sts::fault::{Ending, Fault, Point};
use http_body_util::BodyExt as _;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::{bytes, frozen, is_healthy, raw, whoami};
use crate::client::{ALICE, ALICE_MFA, ask, call, keys};

/// What comes of a call, and how its connection ended: nothing for an orderly end.
async fn seen(sts: &FakeSts, fault: Fault) -> (String, Option<ErrorKind>) {
    let guard = sts.inject(fault);
    let (seen, end) = raw(sts, whoami()).await;
    assert_eq!(guard.hits(), 1);
    drop(guard);
    is_healthy(sts).await;
    (seen, end.err().map(|error| error.kind()))
}

#[tokio::test]
async fn a_reset_is_a_reset_and_a_close_is_a_close() {
    let sts = frozen().await;

    let reset = seen(&sts, Fault::reset()).await;
    let close = seen(&sts, Fault::disconnect(Ending::Close, Point::BeforeAnswer)).await;

    assert_eq!(reset, (String::new(), Some(ErrorKind::ConnectionReset)));
    assert_eq!(close, (String::new(), None));
    let calls = sts.journal().calls();
    assert_eq!(calls.iter().map(|call| call.status).collect::<Vec<_>>(), [0, 200, 0, 200]);
    assert_eq!(
        calls[0].to_string(),
        "#1 2026-07-13T10:00:00Z GetCallerIdentity by arn:aws:iam::111122223333:user/alice: no answer \
         [injected fault 1: connection reset before the answer, before the operation]"
    );
}

#[tokio::test]
async fn an_answer_breaks_off_in_the_middle_of_what_was_promised() {
    let sts = frozen().await;

    for (how, error) in [(Ending::Reset, Some(ErrorKind::ConnectionReset)), (Ending::Close, None)] {
        let (answer, end) = seen(&sts, Fault::disconnect(how, Point::MidAnswer)).await;

        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let (_, promised) = head.split_once("content-length: ").unwrap();
        let promised = promised.lines().next().unwrap().parse::<usize>().unwrap();
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        assert!(body.starts_with("<GetCallerIdentityResponse"), "{body}");
        assert_eq!((body.len(), end), (promised / 2, error));
    }
}

#[tokio::test]
async fn after_a_whole_answer_the_connection_is_dead_though_nothing_said_so() {
    let sts = frozen().await;

    for (how, error) in [(Ending::Reset, Some(ErrorKind::ConnectionReset)), (Ending::Close, None)] {
        let (answer, end) = seen(&sts, Fault::disconnect(how, Point::AfterAnswer)).await;

        assert!(answer.ends_with("</GetCallerIdentityResponse>\n"), "{answer}");
        assert!(!answer.to_lowercase().contains("connection: close"), "{answer}");
        assert_eq!(end, error);
    }
}

#[tokio::test]
async fn what_is_lost_after_the_operation_has_spent_its_code_and_what_is_lost_before_has_not() {
    let sts = frozen().await;
    let code = sts.totp_code(ALICE_MFA).unwrap();
    let session = || call("GetSessionToken", &[("SerialNumber", ALICE_MFA), ("TokenCode", &code)]);

    let before = sts.inject(Fault::reset());
    raw(&sts, session()).await.1.unwrap_err();
    drop(before);
    let after = sts.inject(Fault::reset().after_operation());
    raw(&sts, session()).await.1.unwrap_err();
    drop(after);
    let again = ask(&sts, &keys(ALICE), session()).await;

    assert_eq!(
        again.error(),
        "403 AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code. "
    );
    let marks = sts.journal().calls().iter().map(ToString::to_string).collect::<Vec<_>>();
    assert!(marks[0].ends_with("before the answer, before the operation]"), "{}", marks[0]);
    assert!(marks[1].ends_with("before the answer, after the operation]"), "{}", marks[1]);
}

#[tokio::test]
async fn a_hanging_call_is_journalled_at_once_and_ends_when_its_client_leaves() {
    let sts = frozen().await;
    let hang = sts.inject(Fault::hang().times(1));
    let mut stream = TcpStream::connect(sts.address().unwrap()).await.unwrap();
    stream.write_all(&bytes(&sts, whoami())).await.unwrap();

    hang.until_hits(1).await;

    let silence = tokio::time::timeout(Duration::from_millis(20), stream.readable()).await;
    assert!(silence.is_err());
    assert_eq!(sts.journal().total(), 1);
    assert_eq!(sts.journal().calls()[0].status, 0);
    drop(stream);
    is_healthy(&sts).await;
}

#[tokio::test]
async fn a_hanging_call_ends_when_the_server_stops() {
    let sts = frozen().await;
    let hang = sts.inject(Fault::hang());
    let mut stream = TcpStream::connect(sts.address().unwrap()).await.unwrap();
    stream.write_all(&bytes(&sts, whoami())).await.unwrap();
    hang.until_hits(1).await;

    drop(sts);

    assert_eq!(
        tokio::io::AsyncReadExt::read_u8(&mut stream).await.unwrap_err().kind(),
        ErrorKind::UnexpectedEof
    );
}

#[tokio::test]
async fn a_wrong_content_length_leaves_the_client_waiting_or_cuts_the_answer() {
    let sts = frozen().await;

    let shorter = sts.inject(Fault::wrong_content_length(-20));
    let cut = ask(&sts, &keys(ALICE), whoami()).await;
    drop(shorter);
    let longer = sts.inject(Fault::wrong_content_length(1));
    let stream = TcpStream::connect(sts.address().unwrap()).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = whoami().signed(&sts, &keys(ALICE));
    let (parts, mut body) = sender.send_request(request).await.unwrap().into_parts();
    let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
    let rest = tokio::time::timeout(Duration::from_millis(20), body.frame()).await;
    drop(longer);

    assert!(cut.body.ends_with("</ResponseMetadata>\n</GetCall"), "{}", cut.body);
    assert_eq!(parts.headers["content-length"], (frame.len() + 1).to_string());
    assert!(rest.is_err(), "{rest:?}");
    is_healthy(&sts).await;
}
