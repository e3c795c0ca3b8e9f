//! The trust policies of the pages, tried out by a fake STS.

use fake_sts::FakeSts;
use fake_sts::world::{Account, MfaDevice, OidcProvider, Role, User};
use serde_json::{Value, json};
use stscreds::token::IdentityToken;
use stscreds::{
    AssumeRoleProvider, CredentialsProvider, ErrorKind, MfaCode, StsClient, WebIdentityRoleProvider,
};

use crate::markdown::{all_blocks, blocks_of, root};

const EKS: &str = "https://oidc.eks.eu-central-1.amazonaws.com/id/A1B2C3";
const GITHUB: &str = "https://token.actions.githubusercontent.com";

/// The policy of this page that mentions this text.
fn policy(page: &str, mentioning: &str) -> Value {
    let blocks = blocks_of(&root().join("docs").join(page));
    let of_it = |block: &&crate::markdown::Block| block.text.contains(mentioning);
    let block = blocks.iter().filter(|block| block.is_of("json")).find(of_it).unwrap();
    serde_json::from_str(&block.text).unwrap()
}

/// What comes of a token about `subject`: nothing, or what STS has against it.
async fn present(page: &str, issuer: &str, subject: &str, audience: &str) -> Option<ErrorKind> {
    let provider = OidcProvider::new(issuer).client_id("sts.amazonaws.com").built_in_keys();
    let role = Role::new("role").trust_policy(policy(page, &issuer["https://".len()..]));
    let account = Account::new("111122223333").oidc_provider(provider).role(role);
    let fake = FakeSts::builder().account(account).without_socket().unwrap();
    let token = fake.issuer_at(issuer).token().subject(subject).audience(audience).mint();

    let role = "arn:aws:iam::111122223333:role/role".parse().unwrap();
    let token = IdentityToken::parse(token).unwrap();
    let sts = StsClient::new(&fake.sdk_config());
    let provider = WebIdentityRoleProvider::builder(sts, role, token).build();
    provider.credentials().await.err().map(|error| error.kind())
}

#[tokio::test]
async fn the_role_of_a_service_account_is_for_that_one_alone() {
    let present = |subject, audience| present("web-identity.md", EKS, subject, audience);

    let cart = "system:serviceaccount:shop:cart";
    assert_eq!(present(cart, "sts.amazonaws.com").await, None);
    let till = "system:serviceaccount:shop:till";
    assert_eq!(present(till, "sts.amazonaws.com").await, Some(ErrorKind::AccessDenied));
    assert_eq!(present(cart, "somebody else").await, Some(ErrorKind::AudienceMismatch));
}

#[tokio::test]
async fn the_role_of_a_branch_is_closed_to_a_job_with_an_environment() {
    let present = |subject| present("web-identity.md", GITHUB, subject, "sts.amazonaws.com");

    assert_eq!(present("repo:octo-org/octo-repo:ref:refs/heads/main").await, None);
    for other in [
        "repo:octo-org/octo-repo:environment:production",
        "repo:octo-org/octo-repo:pull_request",
        "repo:octo-org/another:ref:refs/heads/main",
    ] {
        assert_eq!(present(other).await, Some(ErrorKind::AccessDenied), "{other}");
    }
}

#[tokio::test]
async fn the_role_that_asks_for_mfa_is_closed_without_a_code() {
    let all = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "sts:*", "Resource": "*"}});
    let alice = User::new("alice")
        .access_key("AKIARTX3GSDSQALICE22", "a secret")
        .mfa_device(MfaDevice::virtual_device("alice"))
        .policy("all", all);
    let trust = policy("mfa.md", "aws:MultiFactorAuthPresent");
    let account =
        Account::new("111122223333").user(alice).role(Role::new("role").trust_policy(trust));
    let fake = FakeSts::builder().account(account).without_socket().unwrap();
    let device = "arn:aws:iam::111122223333:mfa/alice";
    let role = || {
        let sts = StsClient::new(&fake.sdk_config());
        AssumeRoleProvider::builder(sts, "arn:aws:iam::111122223333:role/role".parse().unwrap())
    };

    let without = role().build().credentials().await.unwrap_err();
    let code = MfaCode::parse(fake.totp_code(device).unwrap()).unwrap();
    let with = role().mfa(device.parse().unwrap(), code).build().credentials().await;

    assert_eq!(without.kind(), ErrorKind::AccessDenied);
    with.unwrap();
}

#[test]
fn each_block_of_json_is_json() {
    for block in all_blocks().iter().filter(|block| block.is_of("json")) {
        let read = serde_json::from_str::<Value>(&block.text);
        assert!(read.is_ok(), "{}: {read:?}", block.place);
    }
}
