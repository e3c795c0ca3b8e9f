use std::time::Duration;

use fake_sts::fault::Fault;
use fake_sts::oidc::{Algorithm, Broken};
use stscreds_core::{CredentialsProvider, ErrorKind, ProviderSource};
use stscreds_provider::{ExpiryCheck, PolicyArns, SessionDuration};
use stscreds_token::IdentityTokenFile;

use crate::stage::Stage;

#[tokio::test]
async fn a_token_is_traded_for_credentials_without_any_key() {
    let stage = Stage::set().await;
    let token = stage.minted(stage.token());

    let provider = stage.present(token).session_name("ci".parse().unwrap()).build();
    let credentials = provider.credentials().await.unwrap();

    assert_eq!(
        stage.identity_of(&credentials).await,
        "arn:aws:sts::444455556666:assumed-role/web/ci"
    );
    assert_eq!(credentials.provider_name(), "WebIdentityCredentials");
    assert_eq!(credentials.provider_sources(), [ProviderSource::WebIdentity]);
    let hour = Duration::from_secs(3600);
    assert_eq!(credentials.expires_at(), Some(stage.clock().now() + hour), "STS's default");
    assert_eq!(stage.calls()[0].access_key_id, None, "the call is not signed");
}

#[tokio::test]
async fn tokens_are_accepted_whichever_real_key_signed_them() {
    let stage = Stage::set().await;

    for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
        let token = stage.minted(stage.token().algorithm(algorithm));
        assert!(stage.present(token).build().credentials().await.is_ok(), "{algorithm:?}");
    }
}

#[tokio::test]
async fn a_rotated_file_is_read_anew_for_each_call() {
    let stage = Stage::set().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let provider = stage.present(IdentityTokenFile::new(&path)).build();
    let minute = Duration::from_secs(60);

    std::fs::write(&path, stage.token().expires_in(minute).mint()).unwrap();
    provider.credentials().await.unwrap();

    stage.advance(60);
    let error = provider.credentials().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::IdentityTokenExpired);
    assert_eq!(stage.call_count(), 1, "STS is not shown what has expired");

    std::fs::write(&path, stage.token().expires_in(minute).mint()).unwrap();
    provider.credentials().await.unwrap();
}

/// The calls until the error is returned: three for what STS may take back.
async fn check(broken: Broken, kind: ErrorKind, calls: usize) {
    let stage = Stage::set().await;
    let token = stage.minted(stage.token().broken(broken.clone()));

    let provider = stage.present(token).expiry_check(ExpiryCheck::BySts).build();
    let error = provider.credentials().await.unwrap_err();

    assert_eq!((error.kind(), stage.call_count()), (kind, calls), "{broken:?}: {error}");
    assert!(error.request_id().is_some());
}

#[tokio::test]
async fn each_way_in_which_a_token_is_refused_has_its_kind() {
    check(Broken::Expired, ErrorKind::IdentityTokenExpired, 1).await;
    check(Broken::WrongAudience, ErrorKind::AudienceMismatch, 3).await;
    check(Broken::BadSignature, ErrorKind::IdentityRejected, 3).await;
    check(Broken::UnknownKeyId, ErrorKind::IdentityProviderUnreachable, 3).await;
    check(Broken::Opaque, ErrorKind::IdentityTokenMalformed, 3).await;
    check(Broken::MissingClaim("sub".into()), ErrorKind::IdentityRejected, 3).await;
}

#[tokio::test]
async fn a_subject_that_the_role_does_not_trust_is_denied_once() {
    let stage = Stage::set().await;
    let token = stage.minted(stage.token().subject("repo:someone/else"));

    let error = stage.present(token).build().credentials().await.unwrap_err();

    assert_eq!((error.kind(), stage.call_count()), (ErrorKind::AccessDenied, 1));
}

#[tokio::test]
async fn an_issuer_that_the_account_does_not_know_is_told_as_such() {
    let stage = Stage::set().await;
    let foreign = stage.fake.issuer_at("https://issuer.example.com").token();

    let token = stage.minted(foreign.subject("repo:octo/app"));
    let error = stage.present(token).build().credentials().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::IdentityProviderNotFound);
    assert!(error.sts_message().unwrap().ends_with("https://issuer.example.com"));
}

#[tokio::test]
async fn a_duration_is_sent_if_set() {
    let stage = Stage::set().await;
    let token = stage.minted(stage.token());

    let provider = stage.present(token).duration(SessionDuration::MIN).build();
    let credentials = provider.credentials().await.unwrap();

    let quarter = Duration::from_secs(900);
    assert_eq!(credentials.expires_at(), Some(stage.clock().now() + quarter));
}

#[tokio::test]
async fn policies_are_sent_if_set() {
    let stage = Stage::set().await;
    let policy = r#"{"Version":"2012-10-17","Statement":[]}"#;
    let managed = "arn:aws:iam::444455556666:policy/read-only";

    let provider = stage
        .present(stage.minted(stage.token()))
        .policy(policy.parse().unwrap())
        .policy_arns(PolicyArns::new([managed]).unwrap())
        .build();
    provider.credentials().await.unwrap();

    let call = &stage.calls()[0];
    assert_eq!(call.parameter("Policy"), Some(policy));
    assert_eq!(call.parameter("PolicyArns.member.1.arn"), Some(managed));
}

#[tokio::test]
async fn a_call_that_was_throttled_is_repeated_by_the_sdk_as_any_other() {
    let stage = Stage::set().await;
    let throttling = stage.fake.inject(Fault::error("Throttling").times(2));

    let provider = stage.present(stage.minted(stage.token())).build();
    provider.credentials().await.unwrap();

    assert_eq!((throttling.hits(), stage.call_count()), (2, 3));
}
