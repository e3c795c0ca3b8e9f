//! The journal as a person reads it.

mod cloudtrail;
mod expectations;
mod filters;
mod waiting;

use std::time::{Duration, SystemTime};

use fake_sts::FakeSts;

use crate::client::{ALICE, ask, call, get, keys, send};

async fn frozen() -> FakeSts {
    let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(1_783_936_800);
    FakeSts::builder().clock_frozen_at(noon).start().await.unwrap()
}

fn external(id: &str) -> crate::client::Call {
    let role = "arn:aws:iam::111122223333:role/external";
    call("AssumeRole", &[("RoleArn", role), ("RoleSessionName", "run"), ("ExternalId", id)])
}

#[tokio::test]
async fn every_request_is_one_line() {
    let sts = frozen().await;
    ask(&sts, &keys(ALICE), call("GetCallerIdentity", &[])).await;
    ask(&sts, &keys((ALICE.0, "wrong")), call("GetCallerIdentity", &[])).await;
    ask(&sts, &keys(ALICE), external("fake-sts-external-id")).await;
    send(&sts, get("", &[]).target("/favicon.ico?token=secret").unsigned(&sts)).await;

    let lines = sts.journal().calls().iter().map(ToString::to_string).collect::<Vec<_>>();

    assert_eq!(
        lines,
        [
            "#1 2026-07-13T10:00:00Z GetCallerIdentity by arn:aws:iam::111122223333:user/alice: 200 OK",
            "#2 2026-07-13T10:00:00Z GetCallerIdentity with key AKIARTX3GSDSQALICE22: 403 SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
            "#3 2026-07-13T10:00:00Z AssumeRole arn:aws:iam::111122223333:role/external by arn:aws:iam::111122223333:user/alice: 200 OK",
            "#4 2026-07-13T10:00:00Z (no action) GET /favicon.ico by nobody: 404 turned away",
        ]
    );
}

#[tokio::test]
async fn a_refusal_tells_the_journal_what_it_does_not_tell_the_caller() {
    let sts = frozen().await;
    let answer = ask(&sts, &keys(ALICE), external("another")).await;

    let call = &sts.journal().calls()[0];

    assert!(!answer.body.contains("external-id"), "{}", answer.body);
    let explanation = call.explanation();
    for word in ["sts:ExternalId", "fake-sts-external-id", "another", "StringEquals"] {
        assert!(explanation.contains(word), "{word} in {explanation}");
    }
    assert_eq!(call.parameter("ExternalId"), Some("another"));
}

#[tokio::test]
async fn the_journal_keeps_as_many_calls_as_it_is_told_and_little_of_each() {
    let sts = FakeSts::builder().journal_capacity(2).start().await.unwrap();
    let long = "x".repeat(1_000_000);
    for _ in 0..3 {
        ask(
            &sts,
            &keys(ALICE),
            call("AssumeRole", &[("RoleArn", &long), ("RoleSessionName", "run")]),
        )
        .await;
    }

    let calls = sts.journal().calls();

    assert_eq!((calls.len(), sts.journal().dropped()), (2, 1));
    assert!(calls[0].explanation().len() < 5_000);
}
