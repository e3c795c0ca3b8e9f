use std::time::Duration;

use stscreds_core::{ErrorKind, Expires};
use stscreds_provider::{
    OutboundTokenDuration, OutboundTokenProvider, SessionTag, SessionTags, TokenAlgorithm,
};

use crate::stage::Stage;

#[tokio::test]
async fn a_token_says_what_was_asked_for_and_expires_to_the_millisecond() {
    let stage = Stage::set().await;
    let mut world = stage.fake.world();
    let issuing = world.accounts.remove(0).outbound_web_identity();
    world.accounts.insert(0, issuing);
    stage.fake.set_world(world).unwrap();
    stage.fake.clock().advance(Duration::from_millis(507));
    let tags = SessionTags::new([SessionTag::new("run", "7").unwrap()]).unwrap();
    let provider = OutboundTokenProvider::builder(stage.sts(), "one".parse().unwrap())
        .audience("two".parse().unwrap())
        .unwrap()
        .algorithm(TokenAlgorithm::Es384)
        .duration(OutboundTokenDuration::MIN)
        .tags(tags);

    let token = provider.build().token().await.unwrap();

    let call = &stage.fake.journal().calls()[0];
    for (name, value) in [
        ("Audience.member.1", "one"),
        ("Audience.member.2", "two"),
        ("SigningAlgorithm", "ES384"),
        ("DurationSeconds", "60"),
        ("Tags.member.1.Key", "run"),
        ("Tags.member.1.Value", "7"),
    ] {
        assert_eq!(call.parameter(name), Some(value), "{name}");
    }
    let in_a_minute = stage.clock().now() + Duration::from_secs(60);
    assert_eq!(token.expires_at(), Some(in_a_minute - Duration::from_millis(507)));
    assert_eq!(token.identity_token().expires_at(), token.expires_at());
}

#[tokio::test]
async fn an_account_that_issues_no_tokens_says_so() {
    let stage = Stage::set().await;
    let provider = OutboundTokenProvider::builder(stage.sts(), "one".parse().unwrap()).build();

    let error = provider.token().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert_eq!(error.sts_message(), Some("OutboundWebIdentityFederation is disabled."));
}
