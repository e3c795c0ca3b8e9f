//! The journal over HTTP: filters, waiting, CloudTrail.

use std::sync::Arc;

use fake_sts::FakeSts;
use http::Method;
use serde_json::Value;

use super::{read, side};
use crate::client::{ALICE, BOB, ask, call, keys};

async fn identity(sts: &FakeSts, key: (&str, &str)) {
    ask(sts, &keys(key), call("GetCallerIdentity", &[])).await;
}

async fn numbers(sts: &FakeSts, query: &str) -> Vec<Value> {
    let calls = read(&side(sts, Method::GET, &format!("calls?{query}"), "").await);
    calls["calls"].as_array().unwrap().iter().map(|call| call["sequence"].clone()).collect()
}

#[tokio::test]
async fn the_query_is_a_filter() {
    let sts = FakeSts::start().await;
    identity(&sts, ALICE).await;
    identity(&sts, (BOB.0, "wrong")).await;
    identity(&sts, BOB).await;

    assert_eq!(numbers(&sts, "").await, [1, 2, 3]);
    assert_eq!(numbers(&sts, "access_key=AKIARTX3GSDSQBOB2222").await, [2, 3]);
    assert_eq!(numbers(&sts, "outcome=answered&since=1").await, [3]);
    assert_eq!(numbers(&sts, "code=SignatureDoesNotMatch").await, [2]);
    assert_eq!(numbers(&sts, "operation=GetCallerIdentity&caller=*user%2Falice").await, [1]);
    assert_eq!(numbers(&sts, "parameter.Name=x").await, Vec::<u64>::new());
}

#[tokio::test]
async fn a_query_that_finds_nothing_ever_is_refused_with_what_would() {
    let sts = FakeSts::start().await;
    for (query, wanted) in [
        ("operation=AsumeRole", "did you mean AssumeRole?"),
        ("role=deploy", "arn:aws:iam::111122223333:role/deploy"),
        ("outcome=ok", "answered, refused, turned-away, faulted"),
        ("wait=many", "wait: `many` is no number"),
        ("wait=-1", "wait: `-1` is no number"),
        ("timeout=nan", "write seconds, 0 to 600"),
        ("timeout=1e9", "write seconds, 0 to 600"),
        ("format=xml", "json, cloudtrail"),
        ("op=AssumeRole", "there are operation, role, caller"),
        ("operation=AssumeRole&operation=GetCallerIdentity", "`operation` is there twice"),
        ("parameter.RoleSessionNam=me", "did you mean RoleSessionName?"),
        ("parameter.TokenCode=123456", "the journal does not keep TokenCode"),
    ] {
        let answer = side(&sts, Method::GET, &format!("calls?{query}"), "").await;
        let error = read(&answer)["error"].as_str().unwrap().to_owned();
        assert_eq!((answer.status, error.contains(wanted)), (400, true), "{query}: {error}");
    }
}

#[tokio::test]
async fn a_request_can_wait_for_calls() {
    let sts = Arc::new(FakeSts::start().await);
    let waiting = Arc::clone(&sts);
    let waiting = tokio::spawn(async move {
        side(&waiting, Method::GET, "calls?outcome=answered&wait=2", "").await
    });
    for key in [ALICE, (BOB.0, "wrong"), BOB] {
        identity(&sts, key).await;
    }

    let answer = waiting.await.unwrap();

    assert_eq!(answer.status, 200);
    assert_eq!(read(&answer)["calls"][1]["sequence"], 3);
}

#[tokio::test]
async fn waiting_in_vain_tells_what_came_instead() {
    let sts = FakeSts::start().await;

    let answer = side(&sts, Method::GET, "calls?wait=1&timeout=0", "").await;

    assert_eq!(answer.status, 408);
    assert_eq!(
        read(&answer)["error"],
        format!(
            "no call came, at least 1 expected within 0ns\nno call at all reached the fake; is the client's endpoint {}?",
            sts.uri()
        )
    );
}

#[tokio::test]
async fn calls_are_told_whole_or_as_by_cloudtrail() {
    let sts = FakeSts::start().await;
    identity(&sts, ALICE).await;

    let own = read(&side(&sts, Method::GET, "calls", "").await);
    let cloudtrail = read(&side(&sts, Method::GET, "calls?format=cloudtrail", "").await);

    assert_eq!(own["calls"][0]["answer"]["Account"], "111122223333");
    assert_eq!(own["calls"][0]["region"], "us-east-1");
    assert_eq!(cloudtrail, sts.journal().cloudtrail());
    assert_eq!(cloudtrail["Records"][0]["eventName"], "GetCallerIdentity");
}

#[tokio::test]
async fn waiting_answers_with_all_calls_that_match_however_few_were_waited_for() {
    let sts = FakeSts::start().await;
    for _ in 0..5 {
        ask(&sts, &keys(ALICE), call("GetCallerIdentity", &[])).await;
    }

    for wait in 0..=5 {
        for filter in ["", "&operation=GetCallerIdentity", "&since=2"] {
            let path = format!(
                "calls?wait={}{filter}",
                if filter == "&since=2" { wait.min(3) } else { wait }
            );
            let answer = read(&side(&sts, Method::GET, &path, "").await);
            let wanted = if filter == "&since=2" { 3 } else { 5 };
            assert_eq!(answer["calls"].as_array().unwrap().len(), wanted, "{path}");
        }
    }
}

/// The journal keeps the latest, the one who waits has the first.
#[tokio::test]
async fn waiting_answers_with_the_calls_that_the_journal_has_dropped_meanwhile() {
    let sts = FakeSts::builder().journal_capacity(0).start().await.unwrap();

    let (waited, _) = tokio::join!(side(&sts, Method::GET, "calls?wait=1", ""), async {
        // By now the other one waits: it was polled first, and each pass through a socket lets it go on.
        for _ in 0..2 {
            ask(&sts, &keys(ALICE), call("GetCallerIdentity", &[])).await;
        }
    });

    assert_eq!(read(&waited)["calls"].as_array().unwrap().len(), 1);
}
