use std::time::Duration;

use stscreds_cache::CredentialsCache;
use stscreds_core::{CredentialsProvider, Error, ErrorKind, ProviderSource, Timestamp};
use stscreds_provider::{
    AssumeRoleProvider, AssumeRoleProviderBuilder, PolicyArns, ProvidedContext, ProvidedContexts,
    SessionDuration, SessionTag, SessionTags,
};
use stscreds_token::MfaCode;

use crate::stage::{DEVICE, GUARDED, NEXT, PARTNER, PLAIN, SIGNER, Stage};

fn seconds(seconds: u64) -> SessionDuration {
    SessionDuration::try_from(Duration::from_secs(seconds)).unwrap()
}

async fn refused(builder: AssumeRoleProviderBuilder) -> Error {
    let error = builder.build().credentials().await.unwrap_err();
    let shown = error.to_string();
    assert!(error.role_arn().is_some() && shown.contains(error.role_arn().unwrap()), "{shown}");
    assert!(shown.contains(error.request_id().unwrap()), "{shown}");
    error
}

#[tokio::test]
async fn a_role_is_assumed_and_its_credentials_are_those_of_the_session() {
    let stage = Stage::set().await;
    let now = stage.clock().now();

    let provider = stage.assume(PLAIN).session_name("a-session".parse().unwrap()).build();
    let credentials = provider.credentials().await.unwrap();

    assert!(credentials.access_key_id().starts_with("ASIA"));
    assert_eq!(credentials.account_id(), Some("444455556666"));
    assert_eq!(credentials.expires_at(), Some(now + Duration::from_secs(900)));
    assert_eq!(credentials.provider_name(), "AssumeRoleProvider");
    assert_eq!(
        stage.identity_of(&credentials).await,
        "arn:aws:sts::444455556666:assumed-role/plain/a-session"
    );
}

#[tokio::test]
async fn every_option_arrives_at_sts() {
    let stage = Stage::set().await;
    let tags = SessionTags::new([
        SessionTag::new("Department", "Finance").unwrap().transitive(),
        SessionTag::new("Environment", "Production").unwrap(),
    ]);

    let provider = stage
        .assume(PLAIN)
        .duration(seconds(1800))
        .source_identity("alice".parse().unwrap())
        .tags(tags.unwrap())
        .policy(r#"{"Version":"2012-10-17","Statement":[]}"#.parse().unwrap())
        .policy_arns(PolicyArns::new(["arn:aws:iam::444455556666:policy/read-only"]).unwrap())
        .build();
    provider.credentials().await.unwrap();

    let call = &stage.calls()[0];
    for (name, value) in [
        ("DurationSeconds", "1800"),
        ("SourceIdentity", "alice"),
        ("Tags.member.1.Key", "Department"),
        ("Tags.member.2.Value", "Production"),
        ("TransitiveTagKeys.member.1", "Department"),
        ("Policy", r#"{"Version":"2012-10-17","Statement":[]}"#),
        ("PolicyArns.member.1.arn", "arn:aws:iam::444455556666:policy/read-only"),
    ] {
        assert_eq!(call.parameter(name), Some(value), "{name}");
    }
    assert_eq!(call.parameter("TransitiveTagKeys.member.2"), None);
}

#[tokio::test]
async fn context_assertions_arrive_at_sts() {
    let stage = Stage::set().await;
    let issuer = "arn:aws:iam::aws:contextProvider/IdentityCenter";
    let contexts = ["first", "second"].map(|text| ProvidedContext::new(issuer, text).unwrap());

    let contexts = ProvidedContexts::new(contexts).unwrap();
    let error = refused(stage.assume(PLAIN).provided_contexts(contexts)).await;

    // To set a context is a permission of its own, which nobody has here.
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert!(error.sts_message().unwrap().contains("sts:SetContext"), "{error}");
    let call = &stage.calls()[0];
    assert_eq!(call.parameter("ProvidedContexts.member.2.ProviderArn"), Some(issuer));
    assert!(call.parameter("ProvidedContexts.member.2.ContextAssertion").is_some());
}

#[tokio::test]
async fn the_right_external_id_opens_what_a_wrong_or_missing_one_does_not() {
    let stage = Stage::set().await;

    let right = stage.assume(PARTNER).external_id("partner-7".parse().unwrap()).build();
    assert!(right.credentials().await.is_ok());

    let wrong = refused(stage.assume(PARTNER).external_id("partner-8".parse().unwrap())).await;
    let missing = refused(stage.assume(PARTNER)).await;
    for error in [wrong, missing] {
        assert_eq!(error.kind(), ErrorKind::AccessDenied);
        assert!(!error.is_recoverable());
        assert!(!error.to_string().contains("partner-8"), "{error}");
    }
}

#[tokio::test]
async fn a_code_from_the_device_opens_what_is_guarded_and_works_once() {
    let stage = Stage::set().await;
    let with_code = || {
        let code = stage.mfa_codes();
        stage.assume(GUARDED).mfa(DEVICE.parse().unwrap(), move |_| std::future::ready(code()))
    };

    assert!(with_code().build().credentials().await.is_ok());

    assert_eq!(refused(with_code()).await.kind(), ErrorKind::MfaCodeRejected, "used already");
    stage.advance(30);
    assert!(with_code().build().credentials().await.is_ok(), "the next code");
    assert_eq!(refused(stage.assume(GUARDED)).await.kind(), ErrorKind::AccessDenied, "no code");
}

#[tokio::test]
async fn a_wrong_code_or_the_device_of_another_is_refused() {
    let stage = Stage::set().await;
    let wrong = async |_| MfaCode::parse("000000");

    let error = refused(stage.assume(GUARDED).mfa(DEVICE.parse().unwrap(), wrong)).await;
    assert_eq!(error.kind(), ErrorKind::MfaCodeRejected);
    assert_eq!(error.sts_code(), Some("AccessDenied"));

    let others = "arn:aws:iam::111122223333:mfa/bob".parse().unwrap();
    let error = refused(stage.assume(GUARDED).mfa(others, wrong)).await;
    assert_eq!(error.kind(), ErrorKind::MfaCodeRejected);
}

#[tokio::test]
async fn a_role_that_is_not_there_looks_like_one_that_does_not_trust() {
    let stage = Stage::set().await;

    let error = refused(stage.assume("arn:aws:iam::444455556666:role/nowhere")).await;

    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert_eq!(stage.call_count(), 1, "a denial is not tried again");
}

#[tokio::test]
async fn durations_beyond_the_role_and_beyond_chaining_have_their_kind() {
    let stage = Stage::set().await;

    let error = refused(stage.assume(PLAIN).duration(seconds(7201))).await;
    assert_eq!(error.kind(), ErrorKind::DurationNotAllowed);
    assert!(error.sts_message().unwrap().contains("MaxSessionDuration"));

    let first = CredentialsCache::new(stage.assume(PLAIN).build());
    let sts = stage.signed_by(first);
    let chained = AssumeRoleProvider::builder(sts, NEXT.parse().unwrap()).duration(seconds(3601));
    assert_eq!(refused(chained).await.kind(), ErrorKind::DurationNotAllowed);
}

#[tokio::test]
async fn roles_are_chained_and_each_hop_is_cached() {
    let stage = Stage::set().await;
    let first = CredentialsCache::builder(stage.assume(PLAIN).build()).clock(stage.clock()).build();
    let sts = stage.signed_by(first);
    let next = AssumeRoleProvider::builder(sts, NEXT.parse().unwrap()).build();
    let next = CredentialsCache::builder(next).clock(stage.clock()).build();

    let credentials = next.credentials().await.unwrap();
    next.credentials().await.unwrap();

    assert_eq!(stage.call_count(), 2, "one call for each hop");
    let callers: Vec<_> = stage.calls().into_iter().map(|call| call.caller.unwrap()).collect();
    assert_eq!(callers[0], "arn:aws:iam::111122223333:user/alice");
    assert!(callers[1].starts_with("arn:aws:sts::444455556666:assumed-role/plain/"));
    assert_eq!(
        credentials.provider_sources(),
        [SIGNER, ProviderSource::AssumeRole, ProviderSource::AssumeRole]
    );
}

#[tokio::test]
async fn a_wrong_secret_a_strange_key_and_a_session_that_is_over_have_their_kinds() {
    let stage = Stage::set().await;
    let of = |key: &str, secret: &str| {
        AssumeRoleProvider::builder(stage.sts_with(key, secret), PLAIN.parse().unwrap())
    };

    let error = refused(of(crate::stage::KEY_ID, "not the secret")).await;
    assert_eq!(error.kind(), ErrorKind::SignatureMismatch);
    let error = refused(of("AKIANOBODYKNOWSTHIS0", "secret")).await;
    assert_eq!(error.kind(), ErrorKind::SourceCredentialsRejected);

    let session = stage.assume(PLAIN).build().credentials().await.unwrap();
    stage.advance(900);
    let sts = stage.signed_by(session);
    let late = AssumeRoleProvider::builder(sts, NEXT.parse().unwrap());
    let error = refused(late).await;
    assert_eq!(error.kind(), ErrorKind::SourceCredentialsExpired);
    assert!(error.is_recoverable());
}

#[tokio::test]
async fn a_malformed_session_policy_is_told_as_such() {
    let stage = Stage::set().await;

    let error = refused(stage.assume(PLAIN).policy("{not json".parse().unwrap())).await;

    assert_eq!(error.kind(), ErrorKind::MalformedPolicy);
}

#[tokio::test]
async fn an_expiry_is_kept_to_the_second() {
    let stage = Stage::set().await;

    let credentials = stage.assume(PLAIN).build().credentials().await.unwrap();

    assert_eq!(credentials.expires_at(), Some(Timestamp::from_unix_seconds(1_900_000_910)));
}
