use stscreds_core::{CredentialsProvider, Error, ErrorKind, ProviderSource};
use stscreds_provider::{SessionTokenProvider, SessionTokenRequest, UserSessionDuration};
use stscreds_token::{MfaCode, MfaReason};

use super::person::{Person, WRONG_CODE};
use super::reflecting_client::{EXPIRATION, Reflecting, fault};

type Client = Reflecting<SessionTokenRequest>;

#[tokio::test]
async fn without_options_nothing_is_sent_and_the_answer_is_credentials() {
    let client = Client::new();

    let credentials =
        SessionTokenProvider::builder(client.clone()).build().credentials().await.unwrap();

    let sent = client.only();
    assert!(sent.duration.is_none() && sent.mfa.is_none());
    assert_eq!(credentials.access_key_id(), "ASIASESSION");
    assert_eq!(credentials.expires_at(), Some(EXPIRATION));
    assert_eq!(credentials.account_id(), None, "this answer names nobody");
    assert_eq!(credentials.provider_name(), "SessionTokenProvider");
    assert_eq!(
        credentials.provider_sources(),
        [ProviderSource::Environment, ProviderSource::SessionToken]
    );
}

#[tokio::test]
async fn the_duration_the_serial_and_the_code_are_sent() {
    let client = Client::new();
    let twelve_hours = UserSessionDuration::hours::<12>();

    let provider = SessionTokenProvider::builder(client.clone())
        .duration(twelve_hours)
        .mfa("GAHT12345678".parse().unwrap(), async |_| MfaCode::parse("735911"))
        .build();
    provider.credentials().await.unwrap();

    let sent = client.only();
    let mfa = sent.mfa.unwrap();
    assert_eq!(sent.duration, Some(twelve_hours));
    assert_eq!((mfa.serial.as_str(), mfa.code.expose()), ("GAHT12345678", "735911"));
}

#[tokio::test]
async fn a_rejected_code_is_asked_for_again() {
    let client = Client::failing([fault("AccessDenied", WRONG_CODE)]);
    let person = Person::with(["111111", "222222"]);
    let asked = person.asked();

    let provider = SessionTokenProvider::builder(client.clone())
        .mfa("GAHT12345678".parse().unwrap(), person)
        .build();
    provider.credentials().await.unwrap();

    assert_eq!(client.seen().len(), 2);
    assert_eq!(*asked.lock().unwrap(), [(1, MfaReason::Requested), (2, MfaReason::CodeRejected)]);
}

#[tokio::test]
async fn without_a_code_sts_is_not_called() {
    let client = Client::new();
    let codes = async |_| Err(Error::new(ErrorKind::MfaCodeUnavailable, "the key was lost"));

    let provider = SessionTokenProvider::builder(client.clone())
        .mfa("GAHT12345678".parse().unwrap(), codes)
        .build();
    let error = provider.credentials().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::MfaCodeUnavailable);
    assert!(client.seen().is_empty());
}

#[tokio::test]
async fn a_refusal_is_told_with_the_operation_and_without_the_code() {
    let echo = "1 validation error detected: Value '735911' at 'tokenCode' failed ..";
    let client = Client::failing([fault("ValidationError", echo)]);

    let builder = SessionTokenProvider::builder(client)
        .mfa("GAHT12345678".parse().unwrap(), async |_| MfaCode::parse("735911"));
    let shown_builder = format!("{builder:?}");
    let provider = builder.build();
    let error = provider.credentials().await.unwrap_err();

    assert!(error.to_string().starts_with("STS refused GetSessionToken: "), "{error}");
    let shown = format!("{shown_builder} {provider:?} {error} {error:?}");
    assert!(!shown.contains("735911"), "{shown}");
}
