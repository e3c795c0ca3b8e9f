use std::time::Duration;

use fake_sts::saml::Broken;
use stscreds_core::{CredentialsProvider, ErrorKind, ProviderSource};
use stscreds_provider::{PolicyArns, SamlRoleProvider, SessionDuration};
use stscreds_token::SamlAssertion;

use crate::stage::{SAML, SAML_PROVIDER, Stage};

#[tokio::test]
async fn an_assertion_is_traded_for_credentials_without_any_key() {
    let stage = Stage::set().await;

    let assertion = stage.assertion().role_session_name("alice");
    let credentials = stage.federate(assertion).build().credentials().await.unwrap();

    assert_eq!(
        stage.identity_of(&credentials).await,
        "arn:aws:sts::444455556666:assumed-role/saml/alice"
    );
    assert_eq!(credentials.provider_name(), "SamlRoleProvider");
    assert_eq!(credentials.provider_sources(), [ProviderSource::Saml]);
    assert_eq!(credentials.account_id(), Some("444455556666"));
    let hour = Duration::from_secs(3600);
    assert_eq!(credentials.expires_at(), Some(stage.clock().now() + hour), "STS's default");
    assert_eq!(stage.calls()[0].access_key_id, None, "the call is not signed");
}

#[tokio::test]
async fn the_duration_is_that_of_the_provider_or_else_of_the_assertion() {
    let stage = Stage::set().await;
    let half_an_hour = Duration::from_secs(1800);
    let assertion = || stage.assertion().session_duration(half_an_hour);
    let now = stage.clock().now();

    let of_the_assertion = stage.federate(assertion()).build().credentials().await.unwrap();
    let shorter = stage.federate(assertion()).duration(SessionDuration::MIN).build();
    let of_the_provider = shorter.credentials().await.unwrap();

    assert_eq!(of_the_assertion.expires_at(), Some(now + half_an_hour));
    assert_eq!(of_the_provider.expires_at(), Some(now + Duration::from_secs(900)));
}

#[tokio::test]
async fn policies_are_sent_if_set() {
    let stage = Stage::set().await;
    let policy = r#"{"Version":"2012-10-17","Statement":[]}"#;
    let managed = "arn:aws:iam::444455556666:policy/read-only";

    let provider = stage
        .federate(stage.assertion())
        .policy(policy.parse().unwrap())
        .policy_arns(PolicyArns::new([managed]).unwrap())
        .build();
    provider.credentials().await.unwrap();

    let call = &stage.calls()[0];
    assert_eq!(call.parameter("Policy"), Some(policy));
    assert_eq!(call.parameter("PolicyArns.member.1.arn"), Some(managed));
}

#[tokio::test]
async fn a_login_is_asked_for_at_each_call() {
    let stage = Stage::set().await;
    let identity_provider = stage.fake.saml_identity_provider();
    let log_in = move || {
        let assertion = identity_provider.assertion().role(SAML_PROVIDER, SAML).mint();
        std::future::ready(SamlAssertion::parse(assertion))
    };
    let (role, provider) = (SAML.parse().unwrap(), SAML_PROVIDER.parse().unwrap());
    let provider = SamlRoleProvider::builder(stage.sts(), role, provider, log_in).build();

    provider.credentials().await.unwrap();
    stage.advance(6 * 60);
    provider.credentials().await.unwrap();

    assert_eq!(stage.call_count(), 2, "an assertion of six minutes ago would have been refused");
}

async fn check(broken: Broken, kind: ErrorKind) {
    let stage = Stage::set().await;

    let provider = stage.federate(stage.assertion().broken(broken)).build();
    let error = provider.credentials().await.unwrap_err();

    assert_eq!((error.kind(), stage.call_count()), (kind, 1), "{broken:?}: {error}");
    assert_eq!(error.role_arn(), Some(SAML));
}

#[tokio::test]
async fn each_way_in_which_an_assertion_is_refused_has_its_kind() {
    check(Broken::TooOld, ErrorKind::IdentityTokenExpired).await;
    check(Broken::BadSignature, ErrorKind::IdentityRejected).await;
    check(Broken::Unsigned, ErrorKind::IdentityRejected).await;
    check(Broken::Wrapped, ErrorKind::IdentityRejected).await;
    check(Broken::NoRoleSessionName, ErrorKind::IdentityRejected).await;
    check(Broken::NotXml, ErrorKind::IdentityTokenMalformed).await;
}
