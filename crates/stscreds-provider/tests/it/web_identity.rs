use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use stscreds_core::{
    CredentialsProvider, Error, ErrorKind, ManualClock, ProviderSource, Timestamp,
};
use stscreds_provider::{
    AssumeRoleWithWebIdentityRequest, ExpiryCheck, PolicyArns, SessionDuration,
    WebIdentityRoleProvider, WebIdentityRoleProviderBuilder,
};
use stscreds_token::{IdentityToken, IdentityTokenRetriever};

use super::reflecting_client::{EXPIRATION, Reflecting, fault};

const ROLE: &str = "arn:aws:iam::444455556666:role/web";

/// `{"exp":1700000000}` between a header and a signature that nobody here reads.
const JWT: &str = "e30.eyJleHAiOjE3MDAwMDAwMDB9.c2ln";

type Client = Reflecting<AssumeRoleWithWebIdentityRequest>;

fn builder(
    client: &Client,
    retriever: impl IdentityTokenRetriever + 'static,
) -> WebIdentityRoleProviderBuilder {
    WebIdentityRoleProvider::builder(client.clone(), ROLE.parse().unwrap(), retriever)
}

/// Yields `token-1`, `token-2`, ..
fn rotating() -> impl IdentityTokenRetriever {
    let reads = Arc::new(AtomicU32::new(0));
    move || {
        let read = reads.fetch_add(1, Ordering::SeqCst) + 1;
        async move { IdentityToken::parse(format!("token-{read}")) }
    }
}

fn tokens_sent(client: &Client) -> Vec<String> {
    client.seen().iter().map(|request| request.token.expose().to_owned()).collect()
}

#[tokio::test]
async fn s08_the_session_is_sent_and_neither_duration_nor_policy() {
    let client = Client::new();

    let provider = builder(&client, rotating()).session_name("foo".parse().unwrap()).build();
    let credentials = provider.credentials().await.unwrap();

    let sent = client.only();
    assert_eq!(sent.session_name.as_str(), "foo");
    assert_eq!(sent.token.expose(), "token-1");
    assert!(sent.duration.is_none() && sent.policy.is_none());
    assert_eq!(credentials.provider_name(), "WebIdentityCredentials");
    assert_eq!(credentials.expires_at(), Some(EXPIRATION));
    assert_eq!(credentials.account_id(), Some("131990247566"));
    assert_eq!(credentials.provider_sources(), [ProviderSource::WebIdentity]);
}

#[tokio::test]
async fn duration_and_policies_are_sent_if_set() {
    let client = Client::new();

    let provider = builder(&client, rotating())
        .duration(SessionDuration::MAX)
        .policy("{}".parse().unwrap())
        .policy_arns(PolicyArns::new(["arn:aws:iam::aws:policy/ReadOnlyAccess"]).unwrap())
        .build();
    provider.credentials().await.unwrap();

    let sent = client.only();
    assert_eq!(sent.policy_arns.iter().len(), 1);
    assert_eq!(sent.duration, Some(SessionDuration::MAX));
    assert_eq!(sent.policy.unwrap().as_str(), "{}");
}

#[tokio::test(start_paused = true)]
async fn s10_an_invalid_identity_token_is_tried_again_with_the_token_read_anew() {
    for code in ["InvalidIdentityToken", "IDPCommunicationError", "InvalidIdentityTokenException"] {
        let client = Client::failing([fault(code, "Couldn't retrieve ..")]);
        let started = tokio::time::Instant::now();

        builder(&client, rotating()).build().credentials().await.unwrap();

        assert_eq!(tokens_sent(&client), ["token-1", "token-2"]);
        assert_eq!(started.elapsed(), Duration::from_millis(100));
    }
}

#[tokio::test(start_paused = true)]
async fn three_tries_are_enough() {
    let client = Client::failing(vec![fault("InvalidIdentityToken", "Token signature invalid"); 5]);
    let started = tokio::time::Instant::now();

    let error = builder(&client, rotating()).build().credentials().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::IdentityRejected);
    assert_eq!(tokens_sent(&client), ["token-1", "token-2", "token-3"]);
    assert_eq!(started.elapsed(), Duration::from_millis(100 + 200));
}

#[tokio::test]
async fn a_denial_is_not_tried_again() {
    let message = "Not authorized to perform sts:AssumeRoleWithWebIdentity";
    let client = Client::failing([fault("AccessDenied", message)]);

    let error = builder(&client, rotating()).build().credentials().await.unwrap_err();

    assert_eq!((error.kind(), client.seen().len()), (ErrorKind::AccessDenied, 1));
    assert_eq!(error.role_arn(), Some(ROLE));
}

#[tokio::test]
async fn a_token_that_has_expired_is_not_shown_to_sts_unless_sts_is_to_judge() {
    let client = Client::new();
    let clock = ManualClock::at(Timestamp::from_unix_seconds(1_700_000_000));
    let token = IdentityToken::parse(JWT).unwrap();

    let strict = builder(&client, token.clone()).clock(clock.clone()).build();
    let error = strict.credentials().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::IdentityTokenExpired);
    assert!(error.is_recoverable(), "the next token may be there by then");
    assert!(error.to_string().contains("2023-11-14T22:13:20Z"), "{error}");
    assert!(client.seen().is_empty());

    clock.set(Timestamp::from_unix_seconds(1_699_999_999));
    strict.credentials().await.unwrap();
    assert_eq!(client.seen().len(), 1);

    clock.advance(Duration::from_secs(60));
    let lenient = builder(&client, token).clock(clock).expiry_check(ExpiryCheck::BySts).build();
    lenient.credentials().await.unwrap();
    assert_eq!(client.seen().len(), 2);
}

#[tokio::test]
async fn an_error_of_the_retriever_is_the_error_and_names_the_role() {
    let client = Client::new();
    let retriever = async || Err(Error::new(ErrorKind::IdentityTokenMissing, "no file at /token"));

    let error = builder(&client, retriever).build().credentials().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::IdentityTokenMissing);
    assert_eq!(error.role_arn(), Some(ROLE));
    assert!(client.seen().is_empty());
}

#[tokio::test(start_paused = true)]
async fn neither_debug_nor_an_error_shows_the_token() {
    let echo = "Value 'planted.a.b' at 'webIdentityToken' failed to satisfy constraint: ..";
    let client = Client::failing([fault("ValidationError", echo)]);

    let token = IdentityToken::parse("planted.a.b").unwrap();
    let provider = builder(&client, token).build();
    let error = provider.credentials().await.unwrap_err();

    let shown = format!("{provider:?} {error} {error:?} {:?}", client.only());
    assert!(!shown.contains("planted"), "{shown}");
}
