use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use stscreds_core::{CredentialsProvider, Error, ErrorKind, ProviderSource};
use stscreds_provider::{
    AssumeRoleProvider, AssumeRoleProviderBuilder, AssumeRoleRequest, PolicyArns, SessionDuration,
    SessionTag, SessionTags,
};
use stscreds_token::{MfaCode, MfaReason};

use super::person::{Person, WRONG_CODE};
use super::reflecting_client::{EXPIRATION, Reflecting, fault};

const ROLE: &str = "arn:aws:iam::444455556666:role/deploy";

type Client = Reflecting<AssumeRoleRequest>;

fn builder(client: &Client) -> AssumeRoleProviderBuilder {
    AssumeRoleProvider::builder(client.clone(), ROLE.parse().unwrap())
}

#[tokio::test]
async fn s01_keys_token_expiry_and_account_are_those_of_the_answer() {
    let client = Client::new();

    let credentials = builder(&client).build().credentials().await.unwrap();

    assert_eq!(credentials.access_key_id(), ROLE);
    assert_eq!(credentials.secret_access_key().expose(), "assumedSecretAccessKey");
    assert_eq!(credentials.session_token().unwrap().expose(), "assumedSessionToken");
    assert_eq!(credentials.account_id(), Some("131990247566"));
    assert_eq!(credentials.expires_at(), Some(EXPIRATION));
    assert_eq!(credentials.provider_name(), "AssumeRoleProvider");
    assert_eq!(
        credentials.provider_sources(),
        [ProviderSource::Environment, ProviderSource::AssumeRole]
    );
}

#[tokio::test]
async fn s02_serial_and_code_are_sent_as_given_and_a_code_of_twenty_digits_is_refused() {
    let client = Client::new();
    let codes = async |_| MfaCode::parse("000000");

    let provider = builder(&client).mfa("0123456789".parse().unwrap(), codes).build();
    provider.credentials().await.unwrap();

    let mfa = client.only().mfa.unwrap();
    assert_eq!((mfa.serial.as_str(), mfa.code.expose()), ("0123456789", "000000"));
    assert_eq!(MfaCode::parse("0".repeat(20)).unwrap_err().kind(), ErrorKind::MfaCodeUnavailable);
}

#[tokio::test]
async fn s03_without_a_code_sts_is_not_called() {
    let client = Client::new();
    let codes = async |_| Err(Error::new(ErrorKind::MfaCodeUnavailable, "the key was lost"));

    let provider = builder(&client).mfa("0123456789".parse().unwrap(), codes).build();
    let error = provider.credentials().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::MfaCodeUnavailable);
    assert_eq!(error.role_arn(), Some(ROLE));
    assert!(client.seen().is_empty());
}

// s04, a serial without a source of codes, does not compile: see the example of the builder.

#[tokio::test]
async fn s05_the_source_identity_is_sent() {
    let client = Client::new();

    let provider = builder(&client).source_identity("Source-Identity".parse().unwrap()).build();
    provider.credentials().await.unwrap();

    assert_eq!(client.only().source_identity.unwrap().as_str(), "Source-Identity");
}

#[tokio::test]
async fn s06_s07_tags_and_transitive_keys_are_sent() {
    let client = Client::new();
    let tags = SessionTags::new([
        SessionTag::new("KEY", "value").unwrap().transitive(),
        SessionTag::new("other", "").unwrap(),
    ]);

    builder(&client).tags(tags.unwrap()).build().credentials().await.unwrap();

    let tags = client.only().tags;
    let sent: Vec<_> = tags.iter().map(|tag| (tag.key(), tag.value())).collect();
    assert_eq!(sent, [("KEY", "value"), ("other", "")]);
    assert_eq!(tags.transitive_keys().collect::<Vec<_>>(), ["KEY"]);
}

#[tokio::test]
async fn s09_the_policy_and_the_duration_are_sent_and_42_seconds_are_refused() {
    let client = Client::new();
    let half_an_hour = SessionDuration::minutes::<30>();

    let provider = builder(&client)
        .duration(half_an_hour)
        .policy(r#"{"Version":"2012-10-17"}"#.parse().unwrap())
        .policy_arns(PolicyArns::new(["arn:aws:iam::aws:policy/ReadOnlyAccess"]).unwrap())
        .external_id("partner-7".parse().unwrap())
        .session_name("a-session".parse().unwrap())
        .build();
    provider.credentials().await.unwrap();

    let sent = client.only();
    assert_eq!(sent.duration.as_secs(), 1800);
    assert_eq!(sent.policy.unwrap().as_str(), r#"{"Version":"2012-10-17"}"#);
    assert_eq!(sent.policy_arns.iter().len(), 1);
    assert_eq!(sent.external_id.unwrap().expose(), "partner-7");
    assert_eq!(sent.session_name.as_str(), "a-session");
    let refused = SessionDuration::try_from(Duration::from_secs(42)).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::DurationNotAllowed);
}

// s11, the account id, is part of s01.

#[tokio::test]
async fn a_session_lasts_15_minutes_and_keeps_its_name_unless_told_otherwise() {
    let client = Client::new();
    let provider = builder(&client).build();

    provider.credentials().await.unwrap();
    provider.credentials().await.unwrap();

    let seen = client.seen();
    assert_eq!(seen[0].duration.as_secs(), 900);
    assert_eq!(seen[0].session_name, seen[1].session_name);
    assert_ne!(seen[0].session_name, {
        let other = Client::new();
        builder(&other).build().credentials().await.unwrap();
        other.only().session_name
    });
}

#[tokio::test]
async fn a_rejected_code_is_asked_for_again_as_often_as_its_source_allows() {
    let rejections = [fault("AccessDenied", WRONG_CODE), fault("AccessDenied", WRONG_CODE)];
    let client = Client::failing(rejections);
    let person = Person::with(["111111", "222222", "333333"]);
    let asked = person.asked();

    let provider = builder(&client).mfa("GAHT12345678".parse().unwrap(), person).build();
    provider.credentials().await.unwrap();

    let sent: Vec<_> =
        client.seen().into_iter().map(|r| r.mfa.unwrap().code.expose().to_owned()).collect();
    assert_eq!(sent, ["111111", "222222", "333333"]);
    assert_eq!(
        *asked.lock().unwrap(),
        [(1, MfaReason::Requested), (2, MfaReason::CodeRejected), (3, MfaReason::CodeRejected)]
    );
}

#[tokio::test]
async fn a_source_that_is_no_person_is_asked_once() {
    let client = Client::failing([fault("AccessDenied", WRONG_CODE)]);
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let codes = move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        async { MfaCode::parse("735911") }
    };

    let provider = builder(&client).mfa("GAHT12345678".parse().unwrap(), codes).build();
    let error = provider.credentials().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::MfaCodeRejected);
    assert_eq!((client.seen().len(), asked.load(Ordering::SeqCst)), (1, 1));
}

#[tokio::test]
async fn a_denial_without_mfa_in_it_asks_nobody_again() {
    let client = Client::failing([fault("AccessDenied", "User: u is not authorized to ..")]);
    let person = Person::with(["111111"]);

    let provider = builder(&client).mfa("GAHT12345678".parse().unwrap(), person).build();
    let error = provider.credentials().await.unwrap_err();

    assert_eq!((error.kind(), client.seen().len()), (ErrorKind::AccessDenied, 1));
    assert_eq!(error.role_arn(), Some(ROLE));
    assert_eq!(error.request_id(), Some("9f2c"));
    assert!(error.to_string().contains(ROLE), "{error}");
}

#[tokio::test]
async fn neither_debug_nor_an_error_shows_a_code_or_an_external_id() {
    let echo = "1 validation error detected: Value '735911' at 'tokenCode' failed ..";
    let client = Client::failing([fault("ValidationError", echo)]);

    let builder = builder(&client)
        .external_id("planted-id".parse().unwrap())
        .mfa("GAHT12345678".parse().unwrap(), async |_| MfaCode::parse("735911"));
    let shown_builder = format!("{builder:?}");
    let provider = builder.build();
    let error = provider.credentials().await.unwrap_err();

    let shown = format!("{shown_builder} {provider:?} {error} {error:?} {:?}", client.only());
    assert!(!shown.contains("735911") && !shown.contains("planted"), "{shown}");
}
