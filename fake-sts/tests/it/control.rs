//! The side door over HTTP.

mod calls;
mod door;
mod mint;
mod openapi;
mod patch;
mod reset;
mod revoke;
mod schemas;
mod web_pages;

use axum::body::Body;
use fake_sts::FakeSts;
use http::Method;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::client::{ALICE, ALICE_MFA, Answer, ask, call, control, get, keys, send};

async fn side(sts: &FakeSts, method: Method, path: &str, body: &str) -> Answer {
    send(sts, control(method, path, body).unsigned(sts)).await
}

fn read(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap()
}

#[tokio::test]
async fn health_is_told() {
    let sts = FakeSts::start().await;

    assert_eq!(side(&sts, Method::GET, "health", "").await.status, 200);
    assert_eq!(side(&sts, Method::GET, "ready", "").await.status, 200);
    assert_eq!(side(&sts, Method::GET, "nothing", "").await.status, 404);
}

#[tokio::test]
async fn the_clock_is_read_and_moved() {
    let sts = FakeSts::start().await;

    let wish = r#"{"set": "2026-07-13T10:00:00Z", "advance": 60, "frozen": true}"#;
    let answer = side(&sts, Method::PUT, "clock", wish).await;
    let moved = side(&sts, Method::PUT, "clock", r#"{"advance": 0.5}"#).await;

    assert_eq!(read(&answer)["now"], "2026-07-13T10:01:00Z");
    assert_eq!(read(&moved)["epoch"], 1_783_936_860);
    let identity = ask(&sts, &keys(ALICE), call("GetCallerIdentity", &[])).await;
    assert_eq!((identity.status, identity.header("date")), (200, "Mon, 13 Jul 2026 10:01:00 GMT"));
}

#[tokio::test]
async fn impossible_times_are_refused_with_advice_and_change_nothing() {
    let sts = FakeSts::start().await;
    sts.clock().freeze();
    let before = sts.clock().now();
    for (wish, advice) in [
        (r#"{"set": "1969-12-31T23:59:59Z"}"#, "give a later time"),
        (r#"{"set": "noon"}"#, "`noon` is no time; write one such as 2026-07-13T10:00:00Z"),
        (r#"{"advance": -1}"#, "advance: give seconds from 0 on; to move the clock back, set it"),
        (r#"{"advance": 1e300}"#, "the clock cannot be set past the year 9999"),
        (r#"{"advance": "1h"}"#, "expected a number; send"),
        (
            r#"{"set": "2026-07-13T10:00:00Z", "advance": 300000000000}"#,
            "the clock cannot be set past the year 9999",
        ),
        (r#"{"set": "+010000-01-01T00:00:00Z"}"#, "is no time; write one such as"),
        (r#"{"set": 99999999999999}"#, "`99999999999999` is no time; write one such as"),
        (r#"{"set": -0.5}"#, "`-0.5` is no time; write one such as"),
        (r#"{"set": 1e300}"#, "is no time; write one such as"),
        (r#"{"set": true}"#, "expected a time such as 2026-07-13T10:00:00Z, or seconds since 1970"),
        (r#"{"stop": 1}"#, "unknown field `stop`"),
        ("no", "line 1 column"),
        ("", "there is no body; send {"),
    ] {
        let answer = side(&sts, Method::PUT, "clock", wish).await;
        let error = read(&answer)["error"].as_str().unwrap_or_default().to_owned();
        assert_eq!((answer.status, error.contains(advice)), (400, true), "{wish}: {error}");
    }

    assert_eq!(sts.clock().now(), before);
}

/// As languages write them whose clock counts in fractions of seconds.
#[tokio::test]
async fn the_clock_takes_seconds_with_a_fraction() {
    let sts = FakeSts::start().await;

    let answer =
        side(&sts, Method::PUT, "clock", r#"{"set": 1783936800.25, "frozen": true}"#).await;

    assert_eq!(read(&answer)["now"], "2026-07-13T10:00:00.25Z");
}

#[tokio::test]
async fn the_clock_may_move_back() {
    let sts = FakeSts::start().await;
    side(&sts, Method::PUT, "clock", r#"{"set": 1783936800, "frozen": true}"#).await;

    let back = side(&sts, Method::PUT, "clock", r#"{"set": 0}"#).await;

    assert_eq!((back.status, read(&back)["now"].as_str()), (200, Some("1970-01-01T00:00:00Z")));
    assert_eq!(ask(&sts, &keys(ALICE), call("GetCallerIdentity", &[])).await.status, 200);
}

#[tokio::test]
async fn the_world_is_read_and_replaced_and_a_wrong_one_changes_nothing() {
    let sts = FakeSts::start().await;
    let state = side(&sts, Method::GET, "state", "").await.body;

    let again = side(&sts, Method::PUT, "state", &state).await;
    let wrong = side(&sts, Method::PUT, "state", r#"{"accounts": [{"id": "1"}]}"#).await;
    let nonsense = side(&sts, Method::PUT, "state", r#"{"account": []}"#).await;

    assert_eq!((again.status, &again.body), (200, &state));
    assert_eq!((wrong.status, nonsense.status), (400, 400));
    assert!(read(&wrong)["error"].as_str().unwrap().contains("is no account id"), "{}", wrong.body);
    assert_eq!(side(&sts, Method::GET, "state", "").await.body, state);
}

#[tokio::test]
async fn the_code_of_a_device_is_that_of_its_seed() {
    let sts = FakeSts::start().await;
    sts.clock().freeze();

    let code = side(&sts, Method::GET, &format!("totp/{ALICE_MFA}"), "").await;
    let unknown = side(&sts, Method::GET, "totp/GAHT00000000", "").await;

    assert_eq!(
        read(&code),
        json!({"serial": ALICE_MFA, "code": sts.totp_code(ALICE_MFA).unwrap()})
    );
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn calls_are_listed_and_forgotten() {
    let sts = FakeSts::start().await;
    ask(&sts, &keys(ALICE), call("GetCallerIdentity", &[])).await;
    ask(&sts, &keys((ALICE.0, "wrong")), call("GetCallerIdentity", &[])).await;

    let calls = read(&side(&sts, Method::GET, "calls", "").await);
    side(&sts, Method::DELETE, "calls", "").await;
    let none = read(&side(&sts, Method::GET, "calls", "").await);

    assert_eq!(calls["total"], 2);
    assert_eq!(calls["calls"][0]["caller"], "arn:aws:iam::111122223333:user/alice");
    assert_eq!(calls["calls"][1]["outcome"]["code"], "SignatureDoesNotMatch");
    assert_eq!(none, json!({"total": 0, "dropped": 0, "calls": []}));
}

#[tokio::test]
async fn a_minted_token_opens_the_role_it_is_for() {
    let sts = FakeSts::start().await;
    let minted = side(&sts, Method::POST, "mint", r#"{"subject": "somebody"}"#).await;
    let token = read(&minted)["token"].as_str().unwrap().to_owned();
    let web = [
        ("RoleArn", "arn:aws:iam::111122223333:role/web"),
        ("RoleSessionName", "run"),
        ("WebIdentityToken", token.as_str()),
    ];

    let answer = send(&sts, call("AssumeRoleWithWebIdentity", &web).unsigned(&sts)).await;
    let nonsense = side(&sts, Method::POST, "mint", r#"{"sub": "somebody"}"#).await;

    assert_eq!((answer.status, nonsense.status), (200, 400));
}

#[tokio::test]
async fn verifiers_elsewhere_find_the_keys_of_the_built_in_issuer() {
    let sts = FakeSts::start().await;

    let discovery =
        read(&side(&sts, Method::GET, "oidc/.well-known/openid-configuration", "").await);
    let path = discovery["jwks_uri"].as_str().unwrap().strip_prefix(sts.uri()).unwrap().to_owned();
    let keys = read(&send(&sts, get("", &[]).target(&path).unsigned(&sts)).await);

    assert_eq!(discovery["issuer"], sts.issuer().url());
    assert!(keys["keys"].as_array().is_some_and(|keys| !keys.is_empty()));
}

/// In memory, since a proxy that ends TLS is known by its header alone.
#[tokio::test]
async fn discovery_names_the_scheme_by_which_the_client_came() {
    let sts = FakeSts::start().await;
    let scheme = async |uri: &str, forwarded: Option<&str>| {
        let mut request = http::Request::get(uri);
        if let Some(value) = forwarded {
            request = request.header("x-forwarded-proto", value);
        }
        let response = sts.router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let document = serde_json::from_slice::<Value>(&body).unwrap();
        document["jwks_uri"].as_str().unwrap().to_owned()
    };
    let path = "/_fake-sts/oidc/.well-known/openid-configuration";
    let keys = "/_fake-sts/oidc/.well-known/jwks.json";

    assert_eq!(scheme(path, None).await, format!("http://localhost{keys}"));
    assert_eq!(
        scheme(&format!("https://a.test{path}"), None).await,
        format!("https://a.test{keys}")
    );
    for (forwarded, wanted) in [
        ("https", "https"),
        ("HTTPS", "https"),
        ("https, http", "https"),
        ("http", "http"),
        ("gopher", "http"),
    ] {
        assert_eq!(scheme(path, Some(forwarded)).await, format!("{wanted}://localhost{keys}"));
        assert_eq!(
            scheme(&format!("https://a.test{path}"), Some(forwarded)).await,
            format!("{wanted}://a.test{keys}")
        );
    }
}
