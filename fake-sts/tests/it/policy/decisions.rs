use fake_sts::policy::{
    Context, NamedPolicy, PolicyType, Principal, Question, Reason, Request, ResourcePolicy,
    authorize,
};
use fake_sts::switches::ScopedSessionArn;
use serde_json::{Value, json};

use super::{ROLE, alice, named, request, session, statements};

/// What alone decides here: who is named how, and what the caller's own policies say.
#[track_caller]
fn check(caller: &Principal, trusted: Value, own: &[NamedPolicy], reason: Reason) {
    let trust = statements(json!({"Effect": "Allow", "Principal": trusted, "Action": "sts:*"}));
    let question = Question {
        scope_downs: &[],
        resource_control_policies: &[],
        scoped_session_arn: ScopedSessionArn::Binds,
        request: request(caller),
        resource_policy: Some(ResourcePolicy { document: &trust, account: "111122223333" }),
        identity_policies: own,
        permissions_boundary: None,
        session_policies: None,
    };

    let decision = authorize(&question);

    assert_eq!(decision.reason(), reason, "{decision}");
    let allowed = matches!(
        reason,
        Reason::ResourcePolicyAllows | Reason::IdentityPolicyAllows | Reason::RootUser
    );
    assert_eq!(decision.is_allowed(), allowed);
}

fn allowing() -> Vec<NamedPolicy> {
    vec![named("allow", json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ROLE}))]
}

fn denying() -> Vec<NamedPolicy> {
    let mut policies = allowing();
    policies.push(named("deny", json!({"Effect": "Deny", "Action": "sts:*", "Resource": "*"})));
    policies
}

/// Whether alice's own policies let her do this, with nothing else to be asked.
fn own_policies_allow(
    policies: &[NamedPolicy],
    action: &str,
    resource: &str,
    context: &Context,
) -> bool {
    let request = Request { principal: &alice(), action, resource, context };
    authorize(&Question {
        scope_downs: &[],
        resource_control_policies: &[],
        scoped_session_arn: ScopedSessionArn::Binds,
        request,
        resource_policy: None,
        identity_policies: policies,
        permissions_boundary: None,
        session_policies: None,
    })
    .is_allowed()
}

fn stranger() -> Principal {
    Principal::user("arn:aws:iam::444455556666:user/bob", "AIDA2222222222222222A")
}

#[test]
fn in_the_same_account_a_trust_policy_that_names_the_caller_is_enough() {
    check(&alice(), json!({"AWS": alice().arn()}), &[], Reason::ResourcePolicyAllows);
    check(&session(), json!({"AWS": session().principal_arn()}), &[], Reason::ResourcePolicyAllows);
    check(&session(), json!({"AWS": session().arn()}), &[], Reason::ResourcePolicyAllows);
    check(&alice(), json!({"AWS": "*"}), &[], Reason::ResourcePolicyAllows);
    check(&alice(), json!("*"), &[], Reason::ResourcePolicyAllows);
}

#[test]
fn in_the_same_account_a_trusted_account_leaves_it_to_the_callers_own_policies() {
    for account in
        [json!({"AWS": "111122223333"}), json!({"AWS": "arn:aws:iam::111122223333:root"})]
    {
        check(&alice(), account.clone(), &[], Reason::NoAllow(PolicyType::IdentityBased));
        check(&alice(), account.clone(), &allowing(), Reason::IdentityPolicyAllows);
        check(&session(), account, &allowing(), Reason::IdentityPolicyAllows);
    }
}

#[test]
fn across_accounts_both_sides_must_allow_however_the_caller_is_named() {
    for trusted in [
        json!("*"),
        json!({"AWS": "*"}),
        json!({"AWS": "444455556666"}),
        json!({"AWS": stranger().arn()}),
    ] {
        check(&stranger(), trusted.clone(), &[], Reason::NoAllow(PolicyType::IdentityBased));
        check(&stranger(), trusted, &allowing(), Reason::IdentityPolicyAllows);
    }
    check(
        &stranger(),
        json!({"AWS": "111122223333"}),
        &allowing(),
        Reason::NoAllow(PolicyType::ResourceBased),
    );
}

#[test]
fn across_accounts_a_session_that_is_named_by_its_own_arn_needs_its_own_policies_too() {
    let session = Principal::assumed_role(
        "arn:aws:iam::444455556666:role/ci",
        "AROA2222222222222222A",
        "run",
    );
    let trusted = json!({"AWS": session.arn()});

    check(&session, trusted.clone(), &[], Reason::NoAllow(PolicyType::IdentityBased));
    check(&session, trusted, &allowing(), Reason::IdentityPolicyAllows);
}

#[test]
fn services_and_bearers_of_tokens_have_no_policies_of_their_own() {
    let provider = "arn:aws:iam::111122223333:oidc-provider/issuer.example";
    check(
        &Principal::service("lambda.amazonaws.com"),
        json!({"Service": "lambda.amazonaws.com"}),
        &[],
        Reason::ResourcePolicyAllows,
    );
    check(
        &Principal::web_identity(provider),
        json!({"Federated": provider}),
        &[],
        Reason::ResourcePolicyAllows,
    );
    check(
        &Principal::web_identity("accounts.google.com"),
        json!({"Federated": "accounts.google.com"}),
        &[],
        Reason::ResourcePolicyAllows,
    );
    check(
        &Principal::web_identity(provider),
        json!({"Federated": "accounts.google.com"}),
        &[],
        Reason::NoAllow(PolicyType::ResourceBased),
    );
}

#[test]
fn an_explicit_deny_wins_over_every_allow() {
    check(
        &alice(),
        json!({"AWS": alice().arn()}),
        &denying(),
        Reason::ExplicitDeny(PolicyType::IdentityBased),
    );
    check(&stranger(), json!("*"), &denying(), Reason::ExplicitDeny(PolicyType::IdentityBased));
    let trust = statements(json!([
        {"Effect": "Allow", "Principal": "*", "Action": "sts:*"},
        {"Sid": "NotAlice", "Effect": "Deny", "Principal": {"AWS": alice().arn()}, "Action": "sts:AssumeRole"},
    ]));
    let resource_policy = Some(ResourcePolicy { document: &trust, account: "111122223333" });

    let decision = authorize(&Question {
        scope_downs: &[],
        resource_control_policies: &[],
        scoped_session_arn: ScopedSessionArn::Binds,
        request: request(&alice()),
        resource_policy,
        identity_policies: &allowing(),
        permissions_boundary: None,
        session_policies: None,
    });

    assert_eq!(decision.reason(), Reason::ExplicitDeny(PolicyType::ResourceBased));
    assert_eq!(
        decision.verdict(PolicyType::ResourceBased).unwrap().statement().unwrap().sid(),
        Some("NotAlice")
    );
}

#[test]
fn without_a_policy_on_the_resource_the_callers_own_decide() {
    let decide = |caller: &Principal, own: &[NamedPolicy]| {
        authorize(&Question {
            scope_downs: &[],
            resource_control_policies: &[],
            scoped_session_arn: ScopedSessionArn::Binds,
            request: request(caller),
            resource_policy: None,
            identity_policies: own,
            permissions_boundary: None,
            session_policies: None,
        })
        .reason()
    };

    assert_eq!(decide(&alice(), &allowing()), Reason::IdentityPolicyAllows);
    assert_eq!(decide(&alice(), &[]), Reason::NoAllow(PolicyType::IdentityBased));
    assert_eq!(decide(&Principal::root("aws", "111122223333"), &[]), Reason::RootUser);
    assert_eq!(
        decide(&Principal::root("aws", "111122223333"), &denying()),
        Reason::ExplicitDeny(PolicyType::IdentityBased)
    );
}

#[test]
fn actions_match_in_any_case_and_resources_only_in_theirs() {
    let policies = [named(
        "p",
        json!({"Effect": "Allow", "Action": "STS:assume*", "Resource": "arn:aws:iam::111122223333:role/T?rget"}),
    )];
    let allowed =
        |resource: &str| own_policies_allow(&policies, "sts:AssumeRole", resource, &Context::new());

    assert!(allowed("arn:aws:iam::111122223333:role/Target"));
    assert!(!allowed("arn:aws:iam::111122223333:role/target"));
}

#[test]
fn not_action_and_not_resource_take_in_everything_else() {
    let policies = [named(
        "p",
        json!({"Effect": "Allow", "NotAction": ["sts:Tag*", "iam:*"], "NotResource": "*/secret"}),
    )];
    let allowed = |action: &str, resource: &str| {
        own_policies_allow(&policies, action, resource, &Context::new())
    };

    assert!(allowed("sts:AssumeRole", ROLE));
    assert!(!allowed("sts:TagSession", ROLE));
    assert!(!allowed("sts:AssumeRole", "arn:aws:iam::111122223333:role/secret"));
}

#[test]
fn a_resource_may_hold_a_variable() {
    let policies = [named(
        "p",
        json!({"Effect": "Allow", "Action": "*", "Resource": "arn:aws:iam::*:role/${aws:username}-*"}),
    )];
    let context = Context::new().with("aws:username", "alice");
    let allowed =
        |resource: &str| own_policies_allow(&policies, "sts:AssumeRole", resource, &context);

    assert!(allowed("arn:aws:iam::111122223333:role/alice-deploy"));
    assert!(!allowed("arn:aws:iam::111122223333:role/bob-deploy"));
}

#[test]
fn a_denial_has_the_tail_of_aws() {
    #[track_caller]
    fn check(trusted: &str, own: &[NamedPolicy], tail: &str) {
        let trust = statements(
            json!({"Effect": "Allow", "Principal": {"AWS": trusted}, "Action": "sts:AssumeRole"}),
        );
        let resource_policy = Some(ResourcePolicy { document: &trust, account: "111122223333" });
        let decision = authorize(&Question {
            scope_downs: &[],
            resource_control_policies: &[],
            scoped_session_arn: ScopedSessionArn::Binds,
            request: request(&alice()),
            resource_policy,
            identity_policies: own,
            permissions_boundary: None,
            session_policies: None,
        });
        assert_eq!(decision.message_tail("sts:AssumeRole").as_deref(), Some(tail));
    }
    check(
        "111122223333",
        &[],
        " because no identity-based policy allows the sts:AssumeRole action",
    );
    check(
        "444455556666",
        &allowing(),
        " because no resource-based policy allows the sts:AssumeRole action",
    );
    check("111122223333", &denying(), " with an explicit deny in an identity-based policy");
}
