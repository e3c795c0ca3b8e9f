//! Faults over HTTP, for tests in any language.

use fake_sts::FakeSts;
use fake_sts::fault::Fault;
use http::Method;
use serde_json::{Value, json};

use super::{frozen, whoami};
use crate::client::{ALICE, ask, control, keys, send};

/// Each effect, with all that can be said of it.
pub(crate) const EFFECTS: [&str; 15] = [
    r#"{"error": {"code": "Throttling", "message": "no"}}"#,
    r#"{"throttle": {"per_second": 5.0, "burst": 10}}"#,
    r#"{"answer": {"status": 503, "content_type": "text/html", "body": "<html>"}}"#,
    r#"{"delay": {"by": 1.5, "up_to": 3.0}}"#,
    r#"{"delay": {"by": 0.25}}"#,
    r#""hang""#,
    r#"{"disconnect": {"how": "reset", "at": "before-answer"}}"#,
    r#"{"disconnect": {"how": "close", "at": "mid-answer"}}"#,
    r#"{"disconnect": {"how": "close", "at": "after-answer"}}"#,
    r#""malformed""#,
    r#"{"content_length": {"off_by": -1}}"#,
    r#"{"date": {"off_by": -3600}}"#,
    r#"{"missing_member": "SessionToken"}"#,
    r#"{"expired_credentials": {"ago": 1.0}}"#,
    r#""unreachable-issuer""#,
];

async fn side(sts: &FakeSts, method: Method, path: &str, body: &str) -> (u16, Value) {
    let answer = send(sts, control(method, path, body).unsigned(sts)).await;
    (answer.status, serde_json::from_str(&answer.body).unwrap_or(Value::Null))
}

async fn post(sts: &FakeSts, fault: &str) -> (u16, Value) {
    side(sts, Method::POST, "faults", fault).await
}

#[tokio::test]
async fn a_fault_is_added_listed_and_removed() {
    let sts = frozen().await;

    let wish =
        r#"{"effect": {"error": {"code": "Throttling"}}, "on": ["GetCallerIdentity"], "times": 2}"#;
    let added = post(&sts, wish).await;
    let status = ask(&sts, &keys(ALICE), whoami()).await.status;
    let list = side(&sts, Method::GET, "faults", "").await;
    let one = side(&sts, Method::GET, "faults/1", "").await;
    let calls = side(&sts, Method::GET, "calls", "").await.1;
    let removed = side(&sts, Method::DELETE, "faults/1", "").await.0;
    let again = side(&sts, Method::DELETE, "faults/1", "").await;

    assert_eq!(added, (201, json!({"id": 1})));
    let state = json!({
        "id": 1, "seen": 1, "hits": 1, "active": true,
        "fault": {"effect": {"error": {"code": "Throttling"}}, "on": ["GetCallerIdentity"], "seed": 0, "times": 2},
    });
    assert_eq!((status, list), (400, (200, json!({"faults": [state]}))));
    assert_eq!(one, (200, state));
    let mark =
        json!([{"id": 1, "name": null, "effect": "Throttling", "moment": "before-operation"}]);
    assert_eq!(calls["calls"][0]["faults"], mark);
    assert_eq!((removed, again.0), (204, 404));
    assert_eq!(again.1["error"], "there is no fault 1; GET /_fake-sts/faults lists them");
    assert_eq!(ask(&sts, &keys(ALICE), whoami()).await.status, 200);
}

#[tokio::test]
async fn all_are_ended_at_once() {
    let sts = frozen().await;
    for _ in 0..3 {
        post(&sts, r#"{"effect": "hang"}"#).await;
    }

    assert_eq!(side(&sts, Method::DELETE, "faults", "").await.0, 204);

    assert_eq!(side(&sts, Method::GET, "faults", "").await.1, json!({"faults": []}));
    assert_eq!(ask(&sts, &keys(ALICE), whoami()).await.status, 200);
}

#[tokio::test]
async fn every_effect_has_its_json_and_reads_it_again() {
    let sts = frozen().await;
    for effect in EFFECTS {
        let (status, added) = post(&sts, &format!(r#"{{"effect": {effect}}}"#)).await;
        assert_eq!(status, 201, "{effect}: {added}");

        let shown = side(&sts, Method::GET, &format!("faults/{}", added["id"]), "").await.1;

        let effect = serde_json::from_str::<Value>(effect).unwrap();
        assert_eq!(shown["fault"]["effect"], effect);
        let again = serde_json::from_value::<Fault>(shown["fault"].clone()).unwrap();
        assert_eq!(serde_json::to_value(again).unwrap(), shown["fault"]);
    }
}

#[tokio::test]
async fn every_condition_has_its_json() {
    let sts = frozen().await;
    let wish = json!({
        "effect": {"answer": {"status": 503, "content_type": "text/html", "body": ""}}, "moment": "after-operation", "name": "proxy",
        "on": ["AssumeRole"], "role": "plain", "caller": "arn:aws:iam::111122223333:user/alice", "access_key": ALICE.0,
        "first": 9, "after": 1, "every": 2, "probability": 0.5, "seed": 7, "times": 3, "for": 60.0,
    });

    let (status, added) = post(&sts, &wish.to_string()).await;

    assert_eq!(status, 201, "{added}");
    assert_eq!(side(&sts, Method::GET, "faults/1", "").await.1["fault"], wish);
}

#[tokio::test]
async fn a_wish_that_cannot_be_is_refused_with_what_can() {
    let sts = frozen().await;
    for (wish, wanted) in [
        ("", "there is no body; send {\"effect\""),
        ("[]", "send an object: {\"effect\""),
        ("{}", "missing field `effect`"),
        (r#"{"effect": "hnag"}"#, "unknown variant `hnag`, expected one of `error`, `throttle`"),
        (
            r#"{"effect": "hang", "operation": "AssumeRole"}"#,
            "unknown field `operation`, expected one of `effect`, `moment`, `name`, `on`",
        ),
        (
            r#"{"effect": {"error": {"status": 500}}}"#,
            "unknown field `status`, expected `code` or `message`",
        ),
        (
            r#"{"effect": {"error": {"code": "Nope"}}}"#,
            "there is no error code \"Nope\"; there are AccessDenied",
        ),
        (
            r#"{"effect": "hang", "probability": 2}"#,
            "probability is 2, but must be above 0 and at most 1",
        ),
        (
            r#"{"effect": "hang", "nth": -1}"#,
            "nth: invalid value: integer `-1`, expected a whole number from 0 on; send",
        ),
        (
            r#"{"effect": {"delay": 3}}"#,
            "effect.delay: invalid type: integer `3`, expected an object; send {\"effect\": {\"delay\": {\"by\": 1.5}},",
        ),
        (
            r#"{"effect": "throttle"}"#,
            "expected an object; send {\"effect\": {\"throttle\": {\"per_second\": 5, \"burst\": 10}},",
        ),
        (
            r#"{"effect": {"contentlength": {"off_by": 1}}}"#,
            "; did you mean content_length?; send {\"effect\": {\"content_length\": {\"off_by\": 10}},",
        ),
        (
            r#"{"effect": "reset"}"#,
            "send {\"effect\": {\"disconnect\": {\"how\": \"reset\", \"at\": \"before-answer\"}},",
        ),
        (r#"{"effect": "hang", "time": 2}"#, "; did you mean times?"),
        (r#"{"effect": "hang", "for": -1}"#, "-1 seconds is no duration; give some from 0 on"),
        (r#"{"effect": {"delay": {"by": 1e300}}}"#, "seconds"),
        (
            r#"{"effect": "hang", "on": ["AssumeRoel"]}"#,
            "there is no operation \"AssumeRoel\"; there are AssumeRole,",
        ),
    ] {
        let (status, answer) = post(&sts, wish).await;

        let error = answer["error"].as_str().unwrap();
        assert!(status == 400 && error.contains(wanted), "{wish}: {status} {error}");
    }

    assert_eq!(sts.faults().list(), []);
    assert_eq!(ask(&sts, &keys(ALICE), whoami()).await.status, 200);
    for path in ["faults/0", "faults/x", "faults/99999999999999999999"] {
        assert_eq!(side(&sts, Method::DELETE, path, "").await.0, 404);
    }
}
