//! Broken tokens over HTTP.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fake_sts::FakeSts;
use fake_sts::oidc::Broken;
use http::Method;
use serde_json::{Value, json};

use super::{read, side};
use crate::client::{Answer, call, send};

async fn assume(sts: &FakeSts, token: &str) -> Answer {
    let parameters = [
        ("RoleArn", "arn:aws:iam::111122223333:role/web"),
        ("RoleSessionName", "run"),
        ("WebIdentityToken", token),
    ];
    send(sts, call("AssumeRoleWithWebIdentity", &parameters).unsigned(sts)).await
}

async fn minted(sts: &FakeSts, broken: &str) -> String {
    let body = format!(r#"{{"broken": "{broken}"}}"#);
    read(&side(sts, Method::POST, "mint", &body).await)["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn each_broken_token_is_refused_as_the_service_does() {
    let sts = FakeSts::start().await;
    for (broken, error) in [
        ("expired", "400 ExpiredTokenException: Token expired: "),
        (
            "wrong-audience",
            "400 InvalidIdentityToken: The web identity token provided could not be validated.",
        ),
        (
            "unknown-kid",
            "400 InvalidIdentityToken: Couldn't retrieve verification key from your identity provider,",
        ),
        ("alg-none", "400 InvalidIdentityToken: The ID Token provided is not a valid JWT."),
        ("bad-signature", "400 InvalidIdentityToken: Token signature invalid"),
        ("no-subject", "400 InvalidIdentityToken: Missing a required claim: sub"),
        ("issued-in-future", "400 InvalidIdentityToken: "),
        ("too-old", "400 ExpiredTokenException: Token too old: "),
    ] {
        let answer = assume(&sts, &minted(&sts, broken).await).await;
        assert!(answer.error().starts_with(error), "{broken}: {}", answer.error());
    }
}

#[tokio::test]
async fn each_name_breaks_a_token_and_is_the_same_in_rust() {
    let sts = FakeSts::start().await;
    for name in Broken::names() {
        let in_rust = sts.issuer().token().broken(Broken::named(name).unwrap()).mint();

        let (one, other) =
            (assume(&sts, &in_rust).await, assume(&sts, &minted(&sts, name).await).await);

        assert_eq!((one.status, other.status), (400, 400), "{name}");
        assert_eq!(one.text("Code"), other.text("Code"), "{name}");
    }
}

#[tokio::test]
async fn an_unknown_way_to_break_a_token_is_refused_with_those_there_are() {
    let sts = FakeSts::start().await;

    let refused = side(&sts, Method::POST, "mint", r#"{"broken": "alg-nome"}"#).await;

    assert_eq!(refused.status, 400);
    let error = read(&refused)["error"].as_str().unwrap().to_owned();
    assert!(
        error.starts_with(
            "broken: there is no `alg-nome`; did you mean alg-none? There are expired, "
        ),
        "{error}"
    );
}

#[tokio::test]
async fn a_token_may_be_for_several_and_its_time_come_as_a_float() {
    let sts = FakeSts::start().await;
    let claims = async |wish: &str| {
        let answer = side(&sts, Method::POST, "mint", wish).await;
        let token = read(&answer)["token"].as_str().unwrap_or(&answer.body).to_owned();
        let payload = token.split('.').nth(1).unwrap_or_default();
        let payload = URL_SAFE_NO_PAD.decode(payload).unwrap();
        serde_json::from_slice::<Value>(&payload).unwrap_or_default()
    };

    let several = claims(r#"{"audience": ["one", "two"], "expires_in": 60.0}"#).await;
    let no_list = side(&sts, Method::POST, "mint", r#"{"audience": 1}"#).await;
    let no_second = side(&sts, Method::POST, "mint", r#"{"expires_in": 1.5}"#).await;

    assert_eq!(several["aud"], json!(["one", "two"]));
    assert_eq!(several["exp"].as_i64().unwrap() - several["iat"].as_i64().unwrap(), 60);
    assert!(
        no_list.body.contains("audience: expected a string or a list of strings; send"),
        "{}",
        no_list.body
    );
    assert!(
        no_second.body.contains("`1.5`, expected a whole number from 0 on"),
        "{}",
        no_second.body
    );
}
