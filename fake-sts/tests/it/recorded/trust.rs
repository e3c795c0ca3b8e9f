//! What trust policies see of the bearers of tokens and assertions: recordings `oidc/aws-trust` and `saml_trust_aws`.

use fake_sts::FakeSts;
use fake_sts::oidc::Issuer;
use fake_sts::world::{Account, OidcProvider, Role};
use serde_json::{Value, json};

use super::{ACCOUNT, noon, said};
use crate::client::{call, send};

const OIDC: &str = "arn:aws:iam::111122223333:oidc-provider/issuer.example";
#[cfg(feature = "saml")]
const SAML: &str = "arn:aws:iam::111122223333:saml-provider/Idp";

/// What the two operations say to a role with these principals and this condition.
async fn answers(principal: Value, condition: Value) -> Vec<String> {
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:*",
        "Principal": principal, "Condition": condition}]});
    let account = Account::new(ACCOUNT)
        .role(Role::new("federated").trust_policy(trust))
        .oidc_provider(OidcProvider::new("https://issuer.example").built_in_keys().client_id("a"));
    #[cfg(feature = "saml")]
    let account = account.saml_provider(fake_sts::world::SamlProvider::built_in("Idp"));
    let sts = FakeSts::builder().account(account).clock_frozen_at(noon()).start().await.unwrap();
    let role = ("RoleArn", "arn:aws:iam::111122223333:role/federated");

    let token = Issuer::new("https://issuer.example").token_at(noon()).audience("a").mint();
    let web = [role, ("RoleSessionName", "run"), ("WebIdentityToken", &token)];
    let web = send(&sts, call("AssumeRoleWithWebIdentity", &web).unsigned(&sts)).await;
    let mut answers = vec![said(&web)];
    #[cfg(feature = "saml")]
    {
        let assertion = sts.saml_identity_provider().assertion().role(SAML, role.1).mint();
        let saml = [role, ("PrincipalArn", SAML), ("SAMLAssertion", &assertion)];
        answers.push(said(&send(&sts, call("AssumeRoleWithSAML", &saml).unsigned(&sts)).await));
    }
    answers
}

fn providers() -> Value {
    #[cfg(feature = "saml")]
    return json!({"Federated": [OIDC, SAML]});
    #[cfg(not(feature = "saml"))]
    return json!({"Federated": OIDC});
}

const DENIED: [&str; 2] = [
    "403 AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity",
    "403 AccessDenied: Not authorized to perform sts:AssumeRoleWithSAML",
];

#[tokio::test]
async fn only_federated_principals_admit_a_bearer() {
    let admitted = answers(providers(), json!({})).await;
    assert!(admitted.iter().all(|answer| answer == "200"), "{admitted:?}");
    for principal in [json!({"AWS": "*"}), json!("*"), json!({"AWS": ACCOUNT})] {
        let answers = answers(principal.clone(), json!({})).await;
        assert!(answers.iter().eq(&DENIED[..answers.len()]), "{principal}: {answers:?}");
    }
}

#[tokio::test]
async fn condition_keys_tell_of_the_provider_in_place_of_a_principal() {
    let null = |key: &str, absent: &str| json!({"Null": {key: absent}});
    let equals = |key: &str, value: &str| json!({"StringEquals": {key: value}});
    for (condition, admitted) in [
        (null("aws:PrincipalAccount", "false"), true),
        (null("aws:PrincipalAccount", "true"), false),
        (equals("aws:PrincipalAccount", ACCOUNT), true),
        (equals("aws:PrincipalAccount", "anonymous"), false),
        (null("aws:PrincipalArn", "true"), true),
        (null("aws:PrincipalArn", "false"), false),
        (null("aws:PrincipalType", "false"), true),
        (null("aws:PrincipalType", "true"), false),
        (equals("aws:PrincipalType", "User"), true),
        (equals("aws:PrincipalType", "AssumedRole"), false),
        (equals("aws:PrincipalType", "Federated"), false),
        (null("aws:userid", "false"), true),
        (null("aws:userid", "true"), false),
    ] {
        let answers = answers(providers(), condition.clone()).await;
        for (answer, denied) in answers.iter().zip(DENIED) {
            assert_eq!(answer, if admitted { "200" } else { denied }, "{condition}");
        }
    }
    assert_eq!(answers(providers(), equals("aws:userid", OIDC)).await[0], "200");
}
