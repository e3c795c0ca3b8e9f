use stscreds_core::{CredentialsProvider, ErrorKind, ProviderSource};
use stscreds_provider::{
    FederationTokenProvider, FederationTokenProviderBuilder, FederationTokenRequest, PolicyArns,
    SessionTag, SessionTags, UserSessionDuration,
};

use super::reflecting_client::{Reflecting, fault};

type Client = Reflecting<FederationTokenRequest>;

fn builder(client: &Client) -> FederationTokenProviderBuilder {
    FederationTokenProvider::builder(client.clone(), "bob".parse().unwrap())
}

#[tokio::test]
async fn without_options_the_name_is_sent_and_nothing_else() {
    let client = Client::new();

    let credentials = builder(&client).build().credentials().await.unwrap();

    let sent = client.only();
    assert_eq!(sent.name.as_str(), "bob");
    assert!(sent.duration.is_none() && sent.policy.is_none());
    assert_eq!((sent.policy_arns.iter().len(), sent.tags.iter().len()), (0, 0));
    assert_eq!(credentials.account_id(), Some("131990247566"));
    assert_eq!(credentials.provider_name(), "FederationTokenProvider");
    assert_eq!(
        credentials.provider_sources(),
        [ProviderSource::Environment, ProviderSource::FederationToken]
    );
}

#[tokio::test]
async fn every_option_is_sent() {
    let client = Client::new();

    let provider = builder(&client)
        .duration(UserSessionDuration::MAX)
        .policy("{}".parse().unwrap())
        .policy_arns(PolicyArns::new(["arn:aws:iam::aws:policy/ReadOnlyAccess"]).unwrap())
        .tags(SessionTags::new([SessionTag::new("team", "blue").unwrap()]).unwrap())
        .build();
    provider.credentials().await.unwrap();

    let sent = client.only();
    assert_eq!(sent.duration, Some(UserSessionDuration::MAX));
    assert_eq!(sent.policy.unwrap().as_str(), "{}");
    assert_eq!(sent.policy_arns.iter().len(), 1);
    assert_eq!(sent.tags.iter().next().unwrap().key(), "team");
}

#[tokio::test]
async fn a_denial_is_not_tried_again() {
    let message = "Cannot call GetFederationToken with session credentials";
    let client = Client::failing([fault("AccessDenied", message)]);

    let error = builder(&client).build().credentials().await.unwrap_err();

    assert_eq!((error.kind(), client.seen().len()), (ErrorKind::AccessDenied, 1));
    assert!(error.to_string().contains("with session credentials (request id 9f2c)"), "{error}");
}
