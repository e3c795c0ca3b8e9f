use std::time::Duration;

use stscreds_cache::CredentialsCache;
use stscreds_core::{CredentialsProvider, ErrorKind, ProviderSource};
use stscreds_provider::{
    AssumeRoleProvider, FederationTokenProvider, PolicyArns, SessionTag, SessionTags,
    SessionTokenProvider, UserSessionDuration,
};
use stscreds_token::MfaCode;

use crate::stage::{DEVICE, GUARDED, PLAIN, SIGNER, Stage};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_session_of_the_user_lasts_twelve_hours_unless_told_otherwise() {
    let stage = Stage::set().await;
    let now = stage.clock().now();

    let by_default = SessionTokenProvider::builder(stage.sts()).build();
    let credentials = by_default.credentials().await.unwrap();

    assert_eq!(credentials.expires_at(), Some(now + 12 * HOUR));
    assert_eq!(credentials.provider_name(), "SessionTokenProvider");
    assert_eq!(credentials.provider_sources(), [SIGNER, ProviderSource::SessionToken]);
    assert_eq!(
        stage.identity_of(&credentials).await,
        "arn:aws:iam::111122223333:user/alice",
        "who begins a session stays who they are"
    );

    let longest = SessionTokenProvider::builder(stage.sts()).duration(UserSessionDuration::MAX);
    let credentials = longest.build().credentials().await.unwrap();
    assert_eq!(credentials.expires_at(), Some(now + 36 * HOUR));
}

#[tokio::test]
async fn one_mfa_code_serves_for_roles_all_day() {
    let stage = Stage::set().await;
    let code = stage.mfa_codes();
    let session = SessionTokenProvider::builder(stage.sts())
        .mfa(DEVICE.parse().unwrap(), move |_| std::future::ready(code()))
        .build();
    let session = CredentialsCache::builder(session).clock(stage.clock()).build();
    let sts = stage.signed_by(session);
    let guarded = AssumeRoleProvider::builder(sts, GUARDED.parse().unwrap()).build();

    let credentials = guarded.credentials().await.unwrap();
    stage.advance(6 * 3600);
    guarded.credentials().await.unwrap();

    let operations: Vec<_> = stage.calls().iter().map(|call| call.operation.clone()).collect();
    assert_eq!(operations, ["GetSessionToken", "AssumeRole", "AssumeRole"]);
    assert_eq!(
        credentials.provider_sources(),
        [SIGNER, ProviderSource::SessionToken, ProviderSource::AssumeRole]
    );
}

#[tokio::test]
async fn a_wrong_code_is_refused_by_its_kind() {
    let stage = Stage::set().await;

    let provider = SessionTokenProvider::builder(stage.sts())
        .mfa(DEVICE.parse().unwrap(), async |_| MfaCode::parse("000000"))
        .build();
    let error = provider.credentials().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::MfaCodeRejected);
    assert!(
        error.to_string().starts_with("STS refused GetSessionToken: AccessDenied: "),
        "{error}"
    );
}

#[tokio::test]
async fn a_federated_user_may_do_what_both_policies_allow() {
    let stage = Stage::set().await;
    let tags = SessionTags::new([SessionTag::new("team", "blue").unwrap()]).unwrap();
    let policy = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;

    let provider = FederationTokenProvider::builder(stage.sts(), "bob".parse().unwrap())
        .duration(UserSessionDuration::MIN)
        .policy(policy.parse().unwrap())
        .policy_arns(PolicyArns::new(["arn:aws:iam::aws:policy/ReadOnlyAccess"]).unwrap())
        .tags(tags)
        .build();
    let credentials = provider.credentials().await.unwrap();

    let call = &stage.calls()[0];
    for (name, value) in [
        ("Name", "bob"),
        ("DurationSeconds", "900"),
        ("Tags.member.1.Key", "team"),
        ("Policy", policy),
        ("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
    ] {
        assert_eq!(call.parameter(name), Some(value), "{name}");
    }
    assert_eq!(
        stage.identity_of(&credentials).await,
        "arn:aws:sts::111122223333:federated-user/bob"
    );
    assert_eq!(credentials.account_id(), Some("111122223333"));
    assert_eq!(credentials.provider_name(), "FederationTokenProvider");
}

#[tokio::test]
async fn a_session_cannot_begin_another() {
    let stage = Stage::set().await;
    let role = stage.assume(PLAIN).build().credentials().await.unwrap();
    let sts = stage.signed_by(role);

    let session = SessionTokenProvider::builder(sts.clone()).build();
    let federation = FederationTokenProvider::builder(sts, "bob".parse().unwrap()).build();

    for provider in [&session as &dyn CredentialsProvider, &federation] {
        let before = stage.call_count();
        let error = provider.credentials().await.unwrap_err();
        assert_eq!((error.kind(), stage.call_count()), (ErrorKind::AccessDenied, before + 1));
        assert!(error.to_string().contains("with session credentials"), "{error}");
    }
}
