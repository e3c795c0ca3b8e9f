//! What trust policies see of the bearers of tokens and assertions: recordings `oidc/aws-trust` and `saml_trust_aws`.

use fake_sts::FakeSts;
use fake_sts::oidc::Issuer;
use fake_sts::world::{Account, OidcProvider, Role, World};
use serde_json::{Value, json};

use super::{ACCOUNT, check, noon, said, user_who_may};
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
    let answers = vec![said(&web)];
    #[cfg(feature = "saml")]
    let answers = {
        let assertion = sts.saml_identity_provider().assertion().role(SAML, role.1).mint();
        let saml = [role, ("PrincipalArn", SAML), ("SAMLAssertion", &assertion)];
        let saml = said(&send(&sts, call("AssumeRoleWithSAML", &saml).unsigned(&sts)).await);
        [answers, vec![saml]].concat()
    };
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

/// Recording `resource_controls`: the denial names the policy by its ARN, and what is in the managing account is not touched.
#[tokio::test]
async fn a_resource_control_policy_denies_what_is_in_other_accounts_of_the_organization() {
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"AWS": ["111122223333", "444455556666", "777788889999"]}}]});
    let rcp = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*",
        "Action": "sts:AssumeRole", "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:PrincipalAccount": "444455556666"}}}]});
    let account = |id: &str, user: &str| {
        Account::new(id)
            .user(user_who_may(user, "sts:*"))
            .role(Role::new("role").trust_policy(trust.clone()))
    };
    let world = World::empty()
        .account(
            account(ACCOUNT, "manager")
                .organization("o-a1b2c3d4e5")
                .resource_control_policy("p-a1b2c3d4", rcp),
        )
        .account(account("444455556666", "member").organization("o-a1b2c3d4e5"))
        .account(account("777788889999", "stranger"));
    let sts = FakeSts::builder().world(world).start().await.unwrap();
    let assume = |account: &str| {
        let role = format!("arn:aws:iam::{account}:role/role");
        call("AssumeRole", &[("RoleArn", role.as_str()), ("RoleSessionName", "run")])
    };
    let denied = |user: &str| {
        format!(
            "403 AccessDenied: User: {user} is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/role with an explicit deny in a resource control policy: arn:aws:organizations::111122223333:policy/o-a1b2c3d4e5/resource_control_policy/p-a1b2c3d4"
        )
    };
    check(
        &sts,
        &[
            ("manager", assume(ACCOUNT), "200"),
            ("stranger", assume(ACCOUNT), "200"),
            ("stranger", assume("777788889999"), "200"),
            ("member", assume("444455556666"), "200"),
            ("manager", assume("444455556666"), &denied("arn:aws:iam::111122223333:user/manager")),
            (
                "stranger",
                assume("444455556666"),
                &denied("arn:aws:iam::777788889999:user/stranger"),
            ),
        ],
    )
    .await;
}

/// The bearer of a token is denied too. In which words was not recorded; here in those of every other denial.
#[tokio::test]
async fn a_resource_control_policy_binds_the_bearers_of_tokens() {
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": OIDC}}]});
    let rcp = |audience: &str| {
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*",
            "Action": "sts:AssumeRoleWithWebIdentity", "Resource": "*",
            "Condition": {"StringNotEquals": {"issuer.example:aud": audience}}}]})
    };
    for (audience, wanted) in [("a", "200"), ("b", DENIED[0])] {
        let provider = OidcProvider::new("https://issuer.example").built_in_keys().client_id("a");
        let world = World::empty()
            .account(
                Account::new("444455556666")
                    .organization("o-a1b2c3d4e5")
                    .resource_control_policy("p-a1b2c3d4", rcp(audience)),
            )
            .account(
                Account::new(ACCOUNT)
                    .organization("o-a1b2c3d4e5")
                    .role(Role::new("federated").trust_policy(trust.clone()))
                    .oidc_provider(provider),
            );
        let sts = FakeSts::builder().world(world).clock_frozen_at(noon()).start().await.unwrap();
        let token = Issuer::new("https://issuer.example").token_at(noon()).audience("a").mint();
        let web = [
            ("RoleArn", "arn:aws:iam::111122223333:role/federated"),
            ("RoleSessionName", "run"),
            ("WebIdentityToken", &token),
        ];
        let web = send(&sts, call("AssumeRoleWithWebIdentity", &web).unsigned(&sts)).await;
        assert_eq!(said(&web), wanted, "{audience}");
    }
}
