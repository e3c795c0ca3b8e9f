//! Tokens of AWS about the caller, presented to another account as to any other service.

use std::time::Duration;

use fake_sts::world::{OidcProvider, Role};
use serde_json::json;
use stscreds_aws_sdk::{OutboundTokenCache, StsClient};
use stscreds_core::{CredentialsProvider, Error, ErrorKind, Expires};
use stscreds_provider::{
    OutboundTokenDuration, OutboundTokenProvider, OutboundTokenProviderBuilder, SessionTag,
    SessionTags, SessionTokenProvider, TokenAlgorithm, UserSessionDuration,
    WebIdentityRoleProvider,
};
use stscreds_token::IdentityTokenRetriever;

use crate::stage::{BOBS_KEY_ID, SECRET, Stage};

const AUDIENCE: &str = "sts.amazonaws.com";
const ELSEWHERE: &str = "arn:aws:iam::444455556666:role/elsewhere";

/// A stage whose first account issues tokens, and whose second trusts alice's.
async fn stage() -> Stage {
    let stage = Stage::set().await;
    let issuer = stage.fake.outbound_issuer("111122223333").unwrap();
    let host = issuer.trim_start_matches("https://");
    let subject = "arn:aws:iam::111122223333:user/alice";
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": format!("arn:aws:iam::444455556666:oidc-provider/{host}")},
        "Condition": {"StringEquals": {format!("{host}:sub"): subject}}}]});
    let mut world = stage.fake.world();
    let issuing = world.accounts.remove(0).outbound_web_identity();
    let trusting = world.accounts.remove(0);
    let world = world.account(issuing).account(
        trusting
            .oidc_provider(OidcProvider::new(&issuer).built_in_keys().client_id(AUDIENCE))
            .role(Role::new("elsewhere").trust_policy(trust)),
    );
    stage.fake.set_world(world).unwrap();
    stage
}

fn tokens(sts: StsClient) -> OutboundTokenProviderBuilder {
    OutboundTokenProvider::builder(sts, AUDIENCE.parse().unwrap())
}

fn cached(stage: &Stage, provider: OutboundTokenProvider) -> OutboundTokenCache {
    OutboundTokenCache::with(provider, |builder| builder.clock(stage.clock()))
}

fn count(stage: &Stage, operation: &str) -> usize {
    stage.calls().iter().filter(|call| call.operation == operation).count()
}

#[tokio::test]
async fn another_account_accepts_the_tokens_across_three_expiries() {
    let stage = stage().await;
    let tokens = cached(&stage, tokens(stage.sts()).build());
    let role =
        WebIdentityRoleProvider::builder(stage.sts(), ELSEWHERE.parse().unwrap(), tokens.clone())
            .clock(stage.clock())
            .build();

    for expired in 0..=3 {
        let credentials = role.credentials().await.unwrap();
        role.credentials().await.unwrap();

        assert!(stage.identity_of(&credentials).await.contains(":assumed-role/elsewhere/"));
        assert_eq!(count(&stage, "GetWebIdentityToken"), expired + 1);
        // A token lasts 300 seconds by default.
        stage.advance(300);
    }
    assert_eq!(count(&stage, "AssumeRoleWithWebIdentity"), 8);
}

#[tokio::test]
async fn a_token_is_replaced_at_half_of_its_life_while_it_is_served() {
    let stage = stage().await;
    let hour = OutboundTokenDuration::MAX;
    let tokens = cached(&stage, tokens(stage.sts()).duration(hour).build());
    let first = tokens.token().await.unwrap();

    // An eighth before half of it is the earliest.
    stage.advance(1349);
    assert_eq!(tokens.token().await.unwrap().expires_at(), first.expires_at());
    assert_eq!(count(&stage, "GetWebIdentityToken"), 1);

    stage.advance(452);
    assert_eq!(tokens.token().await.unwrap().expires_at(), first.expires_at());
    // It joins the refresh which that began.
    let second = tokens.cache().refresh().await.unwrap();

    let later = second.expires_at().unwrap().since(first.expires_at().unwrap());
    assert_eq!(later, Duration::from_secs(1801));
    assert_eq!(count(&stage, "GetWebIdentityToken"), 2);
}

#[tokio::test]
async fn the_request_says_what_was_set() {
    let stage = stage().await;
    stage.fake.clock().advance(Duration::from_millis(507));
    let tags = SessionTags::new([SessionTag::new("run", "7").unwrap()]).unwrap();
    let provider = tokens(stage.sts())
        .audience("https://vault.example".parse().unwrap())
        .unwrap()
        .algorithm(TokenAlgorithm::Es384)
        .duration(OutboundTokenDuration::MIN)
        .tags(tags)
        .build();

    let token = provider.token().await.unwrap();

    let call = &stage.calls()[0];
    for (name, value) in [
        ("Audience.member.1", AUDIENCE),
        ("Audience.member.2", "https://vault.example"),
        ("SigningAlgorithm", "ES384"),
        ("DurationSeconds", "60"),
        ("Tags.member.1.Key", "run"),
        ("Tags.member.1.Value", "7"),
    ] {
        assert_eq!(call.parameter(name), Some(value), "{name}");
    }
    // The response has .507, the claim of the token whole seconds.
    let now = stage.clock().now();
    assert_eq!(
        token.expires_at(),
        Some(now + Duration::from_secs(60) - Duration::from_millis(507))
    );
    assert!(!format!("{token:?} {provider:?}").contains(token.identity_token().expose()));
}

#[tokio::test]
async fn refusals_have_their_kind() {
    let stage = Stage::set().await;
    let off = tokens(stage.sts()).build().token().await.unwrap_err();
    assert_eq!(off.kind(), ErrorKind::AccessDenied);
    assert_eq!(off.sts_code(), Some("OutboundWebIdentityFederationDisabledException"));

    let stage = self::stage().await;
    let denied = tokens(stage.sts_with(BOBS_KEY_ID, SECRET)).build();
    assert_eq!(denied.token().await.unwrap_err().kind(), ErrorKind::AccessDenied);

    let session = SessionTokenProvider::builder(stage.sts()).duration(UserSessionDuration::MIN);
    let session = stage.signed_by(session.build().credentials().await.unwrap());
    let longer = tokens(session).duration(OutboundTokenDuration::MAX).build();
    let error: Error = longer.identity_token().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DurationNotAllowed);
}

/// An expired token is of no use to a service, however long STS is out of order.
#[tokio::test]
async fn an_expired_token_is_not_served_in_an_outage() {
    let stage = stage().await;
    let tokens = cached(&stage, tokens(stage.sts()).build());
    tokens.token().await.unwrap();
    let _outage = stage.fake.outage().unwrap();

    stage.advance(200);
    assert!(tokens.identity_token().await.is_ok(), "it is still valid");
    stage.advance(100);
    let error = tokens.identity_token().await.unwrap_err();

    assert!(error.is_recoverable(), "{error}");
    assert!(format!("{tokens:?}").starts_with("OutboundTokenCache"));
}
