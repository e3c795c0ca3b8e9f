use fake_sts::policy::{NamedPolicy, PolicyType, Question, Reason, ResourcePolicy, authorize};
use fake_sts::switches::ScopedSessionArn;
use serde_json::{Value, json};

use super::{ROLE, named, request, session, statements};

fn policy(effect: &str, action: &str) -> NamedPolicy {
    named("policy", json!({"Effect": effect, "Action": action, "Resource": "*"}))
}

#[track_caller]
fn check(trusted: Option<Value>, own: &[NamedPolicy], limits: &[NamedPolicy], reason: Reason) {
    let trust = trusted.map(|trusted| {
        statements(json!({"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}))
    });
    let caller = session();
    let question = Question {
        scope_downs: &[],
        resource_control_policies: &[],
        scoped_session_arn: ScopedSessionArn::Binds,
        request: request(&caller),
        resource_policy: trust
            .as_ref()
            .map(|document| ResourcePolicy { document, account: "111122223333" }),
        identity_policies: own,
        permissions_boundary: None,
        session_policies: Some(limits),
    };
    let decision = authorize(&question);
    assert_eq!(decision.reason(), reason, "{decision}");
}

#[test]
fn a_session_may_do_what_its_role_and_its_session_policies_both_allow() {
    let allow = |action| vec![policy("Allow", action)];
    check(None, &allow("sts:*"), &allow("sts:AssumeRole"), Reason::IdentityPolicyAllows);
    check(None, &allow("sts:*"), &allow("sts:TagSession"), Reason::NoAllow(PolicyType::Session));
    check(
        None,
        &allow("sts:TagSession"),
        &allow("sts:*"),
        Reason::NoAllow(PolicyType::IdentityBased),
    );
    check(None, &allow("sts:*"), &[], Reason::NoAllow(PolicyType::Session));
}

#[test]
fn several_session_policies_allow_together_and_each_denies_alone() {
    let own = [policy("Allow", "*")];
    check(
        None,
        &own,
        &[policy("Allow", "s3:*"), policy("Allow", "sts:*")],
        Reason::IdentityPolicyAllows,
    );
    check(
        None,
        &own,
        &[policy("Allow", "*"), policy("Deny", "sts:*")],
        Reason::ExplicitDeny(PolicyType::Session),
    );
}

#[test]
fn a_role_that_is_trusted_by_name_is_still_limited() {
    let role = json!({"AWS": session().principal_arn()});
    check(
        Some(role.clone()),
        &[],
        &[policy("Allow", "s3:*")],
        Reason::NoAllow(PolicyType::Session),
    );
    check(Some(role), &[], &[policy("Allow", "sts:*")], Reason::ResourcePolicyAllows);
    check(Some(json!("*")), &[], &[policy("Allow", "s3:*")], Reason::NoAllow(PolicyType::Session));
}

#[test]
fn a_session_that_is_trusted_by_its_own_arn_is_not() {
    let own_arn = json!({"AWS": session().arn()});
    check(Some(own_arn.clone()), &[], &[policy("Allow", "s3:*")], Reason::ResourcePolicyAllows);
    check(
        Some(own_arn),
        &[],
        &[policy("Deny", "sts:*")],
        Reason::ExplicitDeny(PolicyType::Session),
    );
}

#[test]
fn a_denial_names_the_session_policy() {
    let own = [policy("Allow", "*")];
    let caller = session();
    let question = Question {
        scope_downs: &[],
        resource_control_policies: &[],
        scoped_session_arn: ScopedSessionArn::Binds,
        request: request(&caller),
        resource_policy: None,
        identity_policies: &own,
        permissions_boundary: None,
        session_policies: Some(&[]),
    };

    let decision = authorize(&question);

    assert_eq!(question.request.resource, ROLE);
    assert_eq!(
        decision.message_tail("sts:AssumeRole").as_deref(),
        Some(" because no session policy allows the sts:AssumeRole action")
    );
}
