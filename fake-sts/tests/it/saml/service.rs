//! `AssumeRoleWithSAML` of a whole fake, over HTTP.

use std::time::Duration;

use fake_sts::FakeSts;
use fake_sts::saml::{AssertionBuilder, Broken};
use fake_sts::world::{Account, Role, SamlProvider};
use http::Method;
use serde_json::{Value, json};

use super::{PROVIDER, ROLE, now};
use crate::client::{Answer, ask, call, control, send};

async fn fake(actions: &Value, condition: &Value) -> FakeSts {
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Condition": condition, "Principal": {"Federated": PROVIDER}}]});
    let role =
        Role::new("saml").trust_policy(trust).max_session_duration(Duration::from_secs(7200));
    let account =
        Account::new("111122223333").role(role).saml_provider(SamlProvider::built_in("Idp"));
    FakeSts::builder().account(account).clock_frozen_at(now()).start().await.unwrap()
}

async fn assume(sts: &FakeSts, response: &str) -> Answer {
    let parameters = [("RoleArn", ROLE), ("PrincipalArn", PROVIDER), ("SAMLAssertion", response)];
    send(sts, call("AssumeRoleWithSAML", &parameters).unsigned(sts)).await
}

fn response(sts: &FakeSts) -> AssertionBuilder {
    sts.saml_identity_provider()
        .assertion()
        .role(PROVIDER, ROLE)
        .role_session_name("alice@example.com")
}

#[tokio::test]
async fn a_good_response_opens_the_role() {
    let sts = fake(
        &json!("sts:AssumeRoleWithSAML"),
        &json!({"StringEquals": {"saml:aud": "https://signin.aws.amazon.com/saml"}}),
    )
    .await;

    let answer = assume(&sts, &response(&sts).subject("alice").mint()).await;

    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!((answer.text("Subject"), answer.text("SubjectType")), ("alice", "persistent"));
    assert_eq!(answer.text("Issuer"), sts.saml_identity_provider().entity_id());
    assert_eq!(answer.text("Audience"), "https://signin.aws.amazon.com/saml");
    assert_eq!(answer.text("NameQualifier").len(), 28);
    let caller = ask(&sts, &answer.credentials(), call("GetCallerIdentity", &[])).await;
    assert_eq!(caller.text("Arn"), "arn:aws:sts::111122223333:assumed-role/saml/alice@example.com");
}

#[tokio::test]
async fn an_assertion_can_be_had_over_http_good_and_broken() {
    let sts = fake(
        &json!(["sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"]),
        &json!({}),
    )
    .await;
    let assertion = async |wish: Value| {
        let mut wished = json!({"provider": PROVIDER, "role": ROLE});
        wished.as_object_mut().unwrap().extend(wish.as_object().unwrap().clone());
        let call = control(Method::POST, "saml/assertion", &wished.to_string());
        let answer = send(&sts, call.unsigned(&sts)).await;
        let answer = serde_json::from_str::<Value>(&answer.body).unwrap();
        answer["assertion"].as_str().unwrap_or(&answer.to_string()).to_owned()
    };
    let wish = json!({"subject": "alice", "session_name": "al", "session_duration": 900.0, "source_identity": "al", "tags": {"team": "blue"}});

    let good = assume(&sts, &assertion(wish).await).await;
    let plain = assume(&sts, &assertion(json!({"subject": null, "broken": null})).await).await;
    let unknown = assertion(json!({"broken": "too-odl"})).await;

    assert_eq!((good.text("Subject"), good.text("SourceIdentity")), ("alice", "al"));
    assert_eq!(good.text("Expiration"), "2027-01-15T08:15:00Z");
    assert_eq!(plain.status, 200, "{}", plain.body);
    assert!(unknown.contains("; did you mean too-old?"), "{unknown}");
    let description = serde_json::from_str::<Value>(include_str!("../../../openapi.json")).unwrap();
    let described = &description["components"]["schemas"]["Assertion"]["properties"]["broken"];
    for broken in described["enum"].as_array().unwrap().iter().filter(|name| !name.is_null()) {
        let refused = assume(&sts, &assertion(json!({"broken": broken})).await).await;
        // Recorded in September 2026: neither NotBefore nor the audience is checked.
        let is_accepted = broken == "not-yet-valid" || broken == "wrong-audience";
        assert_eq!(
            refused.status,
            if is_accepted { 200 } else { 400 },
            "{broken}: {}",
            refused.body
        );
    }
    let (_, names) = unknown.split_once("there are ").unwrap();
    let names = names.trim_end_matches("\"}").split(", ").map(Value::from).chain([Value::Null]);
    assert_eq!(described["enum"], json!(names.collect::<Vec<_>>()));
}

#[tokio::test]
async fn a_role_and_a_provider_that_are_none_are_invalid() {
    let sts = fake(&json!("sts:AssumeRoleWithSAML"), &json!({})).await;
    let response = response(&sts).mint();
    let refused = async |role: &str, provider: &str| {
        let parameters =
            [("RoleArn", role), ("PrincipalArn", provider), ("SAMLAssertion", &response)];
        send(&sts, call("AssumeRoleWithSAML", &parameters).unsigned(&sts)).await.error()
    };

    let principal = "400 ValidationError: Principal ARN is invalid";
    assert_eq!(refused(PROVIDER, ROLE).await, principal);
    assert_eq!(refused(ROLE, &format!(" {PROVIDER}")).await, principal);
    assert_eq!(refused(PROVIDER, PROVIDER).await, "400 ValidationError: Request ARN is invalid");
}

#[tokio::test]
async fn each_broken_response_has_the_answer_of_the_service() {
    let sts = fake(&json!("sts:AssumeRoleWithSAML"), &json!({})).await;
    let cases = [
        (
            Broken::TooOld,
            "400 ExpiredTokenException: Token must be redeemed within 5 minutes of issuance",
        ),
        (Broken::WrongIssuer, "400 InvalidIdentityToken: Issuer not present in specified provider"),
        (Broken::BadSignature, "400 InvalidIdentityToken: Response signature invalid"),
        (Broken::ForeignKey, "400 InvalidIdentityToken: Response signature invalid"),
        (Broken::Tampered, "400 InvalidIdentityToken: Response signature invalid"),
        (
            Broken::NoRoleSessionName,
            "400 InvalidIdentityToken: RoleSessionName is required in AuthnResponse",
        ),
    ];

    for (broken, error) in cases {
        assert_eq!(
            assume(&sts, &response(&sts).broken(broken).mint()).await.error(),
            error,
            "{broken:?}"
        );
    }
}

#[tokio::test]
async fn a_role_that_the_response_does_not_name_stays_closed() {
    let sts = fake(&json!("sts:AssumeRoleWithSAML"), &json!({})).await;
    let other = sts
        .saml_identity_provider()
        .assertion()
        .role(PROVIDER, "arn:aws:iam::111122223333:role/other")
        .mint();

    assert_eq!(
        assume(&sts, &other).await.error(),
        "400 InvalidIdentityToken: SAML Assertion doesn't contain the requested Role and Metadata in the attributes"
    );
}

#[tokio::test]
async fn the_trust_policy_reads_the_response() {
    let sts = fake(
        &json!("sts:AssumeRoleWithSAML"),
        &json!({"ForAnyValue:StringEquals": {"saml:edupersonaffiliation": "staff"}}),
    )
    .await;
    let affiliation = |values: &[&str]| {
        response(&sts).attribute("urn:oid:1.3.6.1.4.1.5923.1.1.1.1", values.iter().copied()).mint()
    };

    assert_eq!(assume(&sts, &affiliation(&["member", "staff"])).await.status, 200);
    assert_eq!(
        assume(&sts, &affiliation(&["member"])).await.error(),
        "403 AccessDenied: Not authorized to perform sts:AssumeRoleWithSAML"
    );
}

#[tokio::test]
async fn responses_age_by_the_virtual_clock_and_may_end_a_session_early() {
    let sts = fake(&json!("sts:AssumeRoleWithSAML"), &json!({})).await;
    let aged = response(&sts).mint();
    let short = response(&sts).session_not_on_or_after(now() + Duration::from_secs(1200)).mint();
    let long = response(&sts).session_duration(Duration::from_secs(7200)).mint();

    assert_eq!(assume(&sts, &short).await.text("Expiration"), "2027-01-15T08:20:00Z");
    // Recorded in September 2026: the attribute can only shorten a session.
    assert_eq!(assume(&sts, &long).await.text("Expiration"), "2027-01-15T09:00:00Z");
    sts.clock().advance(Duration::from_secs(300));
    assert_eq!(assume(&sts, &aged).await.text("Code"), "ExpiredTokenException");
}

#[tokio::test]
async fn tags_in_a_response_need_the_action_for_tags() {
    let only_assume = fake(&json!("sts:AssumeRoleWithSAML"), &json!({})).await;
    let both = fake(&json!(["sts:AssumeRoleWithSAML", "sts:TagSession"]), &json!({})).await;
    let tagged = |sts: &FakeSts| {
        response(sts).principal_tag("Team", "blue").transitive_tag_keys(["Team"]).mint()
    };

    assert_eq!(assume(&only_assume, &tagged(&only_assume)).await.status, 403);
    assert_eq!(assume(&both, &tagged(&both)).await.status, 200);
}
