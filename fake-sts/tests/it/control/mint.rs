//! Broken tokens over HTTP.

use fake_sts::FakeSts;
use fake_sts::oidc::Broken;
use http::Method;

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
        ("wrong-audience", "400 InvalidIdentityToken: Incorrect token audience"),
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
