use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use stscreds_core::{CredentialsProvider, Error, ErrorKind, ProviderSource};
use stscreds_provider::{
    AssumeRoleWithSamlRequest, PolicyArns, SamlRoleProvider, SamlRoleProviderBuilder,
    SessionDuration,
};
use stscreds_token::{SamlAssertion, SamlAssertionRetriever};

use super::reflecting_client::{EXPIRATION, Reflecting, fault};

const ROLE: &str = "arn:aws:iam::444455556666:role/saml";
const PROVIDER: &str = "arn:aws:iam::444455556666:saml-provider/Idp";

type Client = Reflecting<AssumeRoleWithSamlRequest>;

fn builder(
    client: &Client,
    retriever: impl SamlAssertionRetriever + 'static,
) -> SamlRoleProviderBuilder {
    let (role, provider) = (ROLE.parse().unwrap(), PROVIDER.parse().unwrap());
    SamlRoleProvider::builder(client.clone(), role, provider, retriever)
}

#[tokio::test]
async fn each_call_presents_an_assertion_of_its_own() {
    let client = Client::new();
    let logins = Arc::new(AtomicU32::new(0));
    let retriever = move || {
        let login = logins.fetch_add(1, Ordering::SeqCst) + 1;
        async move { SamlAssertion::parse(format!("assertion-{login}")) }
    };

    let provider = builder(&client, retriever).build();
    let credentials = provider.credentials().await.unwrap();
    provider.credentials().await.unwrap();

    let sent: Vec<_> =
        client.seen().iter().map(|request| request.assertion.expose().to_owned()).collect();
    assert_eq!(sent, ["assertion-1", "assertion-2"]);
    assert_eq!(credentials.expires_at(), Some(EXPIRATION));
    assert_eq!(credentials.account_id(), Some("131990247566"));
    assert_eq!(credentials.provider_name(), "SamlRoleProvider");
    assert_eq!(credentials.provider_sources(), [ProviderSource::Saml]);
}

#[tokio::test]
async fn role_provider_and_options_are_sent() {
    let client = Client::new();
    let assertion = SamlAssertion::parse("assertion").unwrap();

    builder(&client, assertion.clone()).build().credentials().await.unwrap();
    let provider = builder(&client, assertion)
        .duration(SessionDuration::MAX)
        .policy("{}".parse().unwrap())
        .policy_arns(PolicyArns::new(["arn:aws:iam::aws:policy/ReadOnlyAccess"]).unwrap())
        .build();
    provider.credentials().await.unwrap();

    let [bare, full] = &client.seen()[..] else { panic!("two calls") };
    assert_eq!((bare.role_arn.as_str(), bare.principal_arn.as_str()), (ROLE, PROVIDER));
    assert!(bare.duration.is_none() && bare.policy.is_none());
    assert_eq!(full.duration, Some(SessionDuration::MAX));
    assert_eq!(full.policy.as_ref().unwrap().as_str(), "{}");
    assert_eq!(full.policy_arns.iter().len(), 1);
}

#[tokio::test]
async fn an_error_of_the_retriever_is_the_error_and_names_the_role() {
    let client = Client::new();
    let retriever = async || Err(Error::new(ErrorKind::IdentityTokenUnreadable, "no login"));

    let error = builder(&client, retriever).build().credentials().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::IdentityTokenUnreadable);
    assert_eq!(error.role_arn(), Some(ROLE));
    assert!(client.seen().is_empty());
}

#[tokio::test]
async fn a_refused_assertion_is_not_presented_again() {
    let client = Client::failing([fault("InvalidIdentityToken", "Response signature invalid")]);

    let provider = builder(&client, SamlAssertion::parse("assertion").unwrap()).build();
    let error = provider.credentials().await.unwrap_err();

    assert_eq!((error.kind(), client.seen().len()), (ErrorKind::IdentityRejected, 1));
}

#[tokio::test]
async fn neither_debug_nor_an_error_shows_the_assertion() {
    let echo = "Value 'plantedplanted' at 'sAMLAssertion' failed to satisfy constraint: ..";
    let client = Client::failing([fault("ValidationError", echo)]);

    let builder = builder(&client, SamlAssertion::parse("plantedplanted").unwrap());
    let shown_builder = format!("{builder:?}");
    let provider = builder.build();
    let error = provider.credentials().await.unwrap_err();

    let shown = format!("{shown_builder} {provider:?} {error} {error:?} {:?}", client.only());
    assert!(!shown.contains("planted"), "{shown}");
}
