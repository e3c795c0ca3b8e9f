//! Web identities and SAML end to end.

use std::time::{Duration, SystemTime};

use fake_sts::FakeSts;
use fake_sts::oidc::Broken;
use fake_sts::world::{Account, OauthToken, OidcProvider, Role, SamlProvider, World};
use serde_json::{Value, json};

use crate::client::{Answer, ask, call, send};

const WEB: &str = "arn:aws:iam::111122223333:role/web";
const SAML: &str = "arn:aws:iam::111122223333:role/saml";
const PROVIDER: &str = "arn:aws:iam::111122223333:saml-provider/Idp";
const GITHUB: &str = "https://token.actions.githubusercontent.com";

fn trust(federated: &str, action: &str, condition: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Federated": federated}, "Action": [action, "sts:TagSession", "sts:SetSourceIdentity"],
        "Condition": condition}]})
}

async fn start() -> FakeSts {
    let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(1_783_936_800);
    let web = "sts:AssumeRoleWithWebIdentity";
    let github = "token.actions.githubusercontent.com";
    let account = Account::new("111122223333")
        .role(Role::new("web").trust_policy(trust(
            "arn:aws:iam::111122223333:oidc-provider/oidc.fake-sts.test",
            web,
            &json!({"StringEquals": {"oidc.fake-sts.test:sub": "somebody"}}),
        )))
        .role(Role::new("github").trust_policy(trust(
            &format!("arn:aws:iam::111122223333:oidc-provider/{github}"),
            web,
            &json!({"StringLike": {format!("{github}:sub"): "repo:octo/cat:*"}}),
        )))
        .role(Role::new("facebook").trust_policy(trust(
            "graph.facebook.com",
            web,
            &json!({"StringEquals": {"graph.facebook.com:app_id": "app"}}),
        )))
        .role(Role::new("saml").trust_policy(trust(
            PROVIDER,
            "sts:AssumeRoleWithSAML",
            &json!({"StringEquals": {"saml:aud": "https://signin.aws.amazon.com/saml"}}),
        )))
        .oidc_provider(OidcProvider::built_in().client_id("sts.amazonaws.com"))
        .oidc_provider(OidcProvider::new(GITHUB).client_id("sts.amazonaws.com").built_in_keys())
        .saml_provider(SamlProvider::built_in("Idp"));
    let mut world = World::empty().account(account);
    world.oauth_tokens.push(OauthToken::new(
        "graph.facebook.com",
        "opaque-token",
        "app",
        "user-id",
    ));
    FakeSts::builder().world(world).clock_frozen_at(noon).start().await.unwrap()
}

async fn web(sts: &FakeSts, role: &str, token: &str, more: &[(&str, &str)]) -> Answer {
    let mut parameters =
        vec![("RoleArn", role), ("RoleSessionName", "run"), ("WebIdentityToken", token)];
    parameters.extend(more);
    send(sts, call("AssumeRoleWithWebIdentity", &parameters).unsigned(sts)).await
}

#[tokio::test]
async fn a_web_identity_is_traded_for_a_role_session() {
    let sts = start().await;
    let token = sts.issuer().token().subject("somebody").source_identity("someone").mint();

    let answer = web(&sts, WEB, &token, &[("DurationSeconds", "900")]).await;
    let identity = ask(&sts, &answer.credentials(), call("GetCallerIdentity", &[])).await;

    assert_eq!(answer.text("SubjectFromWebIdentityToken"), "somebody");
    assert_eq!(
        answer.text("Provider"),
        "arn:aws:iam::111122223333:oidc-provider/oidc.fake-sts.test"
    );
    assert_eq!(answer.text("Audience"), "sts.amazonaws.com");
    assert_eq!(answer.text("SourceIdentity"), "someone");
    assert_eq!(answer.text("Expiration"), "2026-07-13T10:15:00Z");
    assert_eq!(identity.text("Arn"), "arn:aws:sts::111122223333:assumed-role/web/run");
}

#[tokio::test]
async fn each_fault_of_a_token_has_its_message() {
    let sts = start().await;
    let token = || sts.issuer().token().subject("somebody");
    let check = async |token: String, wanted: &str| {
        assert_eq!(web(&sts, WEB, &token, &[]).await.error(), wanted);
    };

    check(
        "opaque".to_owned(),
        "400 InvalidIdentityToken: The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
    )
    .await;
    check(token().audience("another").mint(), "400 InvalidIdentityToken: The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.")
        .await;
    check(
        token().subject("nobody").mint(),
        "403 AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity",
    )
    .await;
    check(
        sts.issuer_at("https://elsewhere.example").token().mint(),
        "400 InvalidIdentityToken: No OpenIDConnect provider found in your account for https://elsewhere.example",
    )
    .await;
    check(
        token().broken(Broken::BadSignature).mint(),
        "400 InvalidIdentityToken: Token signature invalid",
    )
    .await;
    let old = token().expires_in(Duration::from_secs(60)).mint();
    // Five minutes are forgiven.
    sts.clock().advance(Duration::from_secs(60 + 301));
    check(
        old,
        "400 ExpiredTokenException: Token expired: current date/time 1783937161 must be before the expiration date/time 1783936860",
    )
    .await;
}

#[tokio::test]
async fn the_account_of_the_role_chooses_the_provider_before_the_role_is_looked_for() {
    let sts = start().await;
    let token = sts.issuer().token().subject("somebody").mint();

    let other_account = web(&sts, "arn:aws:iam::999999999999:role/web", &token, &[]).await;
    let no_role = web(&sts, "arn:aws:iam::111122223333:role/missing", &token, &[]).await;

    assert_eq!(
        other_account.error(),
        "400 InvalidIdentityToken: No OpenIDConnect provider found in your account for https://oidc.fake-sts.test"
    );
    assert_eq!(
        no_role.error(),
        "403 AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"
    );
}

#[tokio::test]
async fn a_workflow_of_github_is_known_by_its_subject() {
    let sts = start().await;
    let token =
        |repository| sts.issuer_at(GITHUB).token().github(repository, "refs/heads/main").mint();
    let role = "arn:aws:iam::111122223333:role/github";

    assert_eq!(web(&sts, role, &token("octo/cat"), &[]).await.status, 200);
    assert_eq!(web(&sts, role, &token("octo/dog"), &[]).await.status, 403);
}

#[tokio::test]
async fn a_signature_on_a_call_that_needs_none_is_ignored() {
    let sts = start().await;
    let token = sts.issuer().token().subject("somebody").mint();
    let parameters =
        [("RoleArn", WEB), ("RoleSessionName", "run"), ("WebIdentityToken", token.as_str())];
    let request = call("AssumeRoleWithWebIdentity", &parameters)
        .header("authorization", "AWS4-HMAC-SHA256 nonsense")
        .header("x-amz-security-token", "nonsense");

    assert_eq!(send(&sts, request.unsigned(&sts)).await.status, 200);
}

#[tokio::test]
async fn access_tokens_of_old_providers_are_looked_up() {
    let sts = start().await;
    let role = "arn:aws:iam::111122223333:role/facebook";
    let provider = [("ProviderId", "graph.facebook.com")];

    let known = web(&sts, role, "opaque-token", &provider).await;
    let unknown = web(&sts, role, "another-token", &provider).await;

    assert_eq!((known.text("Provider"), known.text("Audience")), ("graph.facebook.com", "app"));
    assert_eq!(
        unknown.error(),
        "403 IDPRejectedClaim: graph.facebook.com: graph.facebook.com responded with HTTP/1.1 400 Bad Request"
    );
}

async fn saml(sts: &FakeSts, provider: &str, assertion: &str) -> Answer {
    let parameters = [("RoleArn", SAML), ("PrincipalArn", provider), ("SAMLAssertion", assertion)];
    send(sts, call("AssumeRoleWithSAML", &parameters).unsigned(sts)).await
}

#[tokio::test]
async fn a_saml_assertion_is_traded_for_a_role_session() {
    let sts = start().await;
    let assertion = sts
        .saml_identity_provider()
        .assertion()
        .subject("alice@example.com")
        .role(PROVIDER, SAML)
        .role_session_name("alice")
        .mint();

    let answer = saml(&sts, PROVIDER, &assertion).await;

    assert_eq!(answer.text("Subject"), "alice@example.com");
    assert_eq!(answer.text("Issuer"), sts.saml_identity_provider().entity_id());
    assert_eq!(answer.text("Audience"), "https://signin.aws.amazon.com/saml");
    assert_eq!(answer.text("Arn"), "arn:aws:sts::111122223333:assumed-role/saml/alice");
}

#[tokio::test]
async fn cloudtrail_tells_the_session_that_an_assertion_asks_for() {
    let sts = start().await;
    let assertion = sts.saml_identity_provider().assertion().role(PROVIDER, SAML);
    let assertion = assertion.role_session_name("alice").principal_tag("team", "blue");
    saml(&sts, PROVIDER, &assertion.transitive_tag_keys(["team"]).mint()).await;

    let trail = sts.journal().cloudtrail();

    assert_eq!(
        trail["Records"][0]["requestParameters"],
        json!({
            "roleArn": SAML,
            "principalArn": PROVIDER,
            "roleSessionName": "alice",
            "principalTags": {"team": "blue"},
            "transitiveTagKeys": ["team"],
        })
    );
}

#[tokio::test]
async fn each_fault_of_an_assertion_has_its_message() {
    let sts = start().await;
    let good = sts.saml_identity_provider().assertion().role(PROVIDER, SAML).mint();
    let other_role = sts.saml_identity_provider().assertion().role(PROVIDER, WEB).mint();

    assert_eq!(
        saml(&sts, "arn:aws:iam::111122223333:saml-provider/None", &good).await.error(),
        "400 InvalidIdentityToken: Specified provider doesn't exist."
    );
    assert_eq!(
        saml(&sts, PROVIDER, &other_role).await.error(),
        "400 InvalidIdentityToken: SAML Assertion doesn't contain the requested Role and Metadata in the attributes"
    );
    sts.clock().advance(Duration::from_secs(301));
    assert_eq!(
        saml(&sts, PROVIDER, &good).await.error(),
        "400 ExpiredTokenException: Token must be redeemed within 5 minutes of issuance"
    );
}
