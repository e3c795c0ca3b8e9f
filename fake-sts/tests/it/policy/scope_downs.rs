use fake_sts::policy::{NamedPolicy, PolicyType, Question, Reason, ResourcePolicy, authorize};
use fake_sts::switches::ScopedSessionArn;
use serde_json::{Value, json};

use super::{named, request, session, statements};

fn policy(effect: &str, action: &str) -> NamedPolicy {
    named("policy", json!({"Effect": effect, "Action": action, "Resource": "*"}))
}

/// Each way in which a role session can be authorized: who the policy on the resource names, and what the role may do itself.
fn ways() -> Vec<(Option<Value>, Vec<NamedPolicy>)> {
    let all = || vec![policy("Allow", "*")];
    vec![
        (None, all()),
        (Some(json!({"AWS": "111122223333"})), all()),
        (Some(json!("*")), Vec::new()),
        (Some(json!({"AWS": session().principal_arn()})), Vec::new()),
        (Some(json!({"AWS": session().arn()})), Vec::new()),
    ]
}

fn decide(
    (trusted, own): &(Option<Value>, Vec<NamedPolicy>),
    scope_downs: &[NamedPolicy],
    scoped_session_arn: ScopedSessionArn,
) -> Reason {
    let trust = trusted.as_ref().map(|trusted| {
        statements(json!({"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}))
    });
    let caller = session();
    let decision = authorize(&Question {
        request: request(&caller),
        resource_policy: trust
            .as_ref()
            .map(|document| ResourcePolicy { document, account: "111122223333" }),
        identity_policies: own,
        permissions_boundary: None,
        session_policies: None,
        scope_downs,
        resource_control_policies: &[],
        scoped_session_arn,
    });
    decision.reason()
}

#[test]
fn each_scope_down_binds_however_the_session_is_authorized() {
    let (yes, no) = (policy("Allow", "sts:*"), policy("Allow", "s3:*"));
    for way in ways() {
        let decided =
            |scope_downs: &[NamedPolicy]| decide(&way, scope_downs, ScopedSessionArn::Binds);
        let unscoped = decided(&[]);
        assert!(
            matches!(unscoped, Reason::IdentityPolicyAllows | Reason::ResourcePolicyAllows),
            "{way:?}"
        );
        for layers in 1..=3 {
            assert_eq!(decided(&vec![yes.clone(); layers]), unscoped, "{way:?}");
            for narrow in 0..layers {
                let mut scope_downs = vec![yes.clone(); layers];
                let at = PolicyType::ScopeDown(narrow + 1);
                scope_downs[narrow] = no.clone();
                assert_eq!(decided(&scope_downs), Reason::NoAllow(at), "{way:?}");
                scope_downs[narrow] = policy("Deny", "sts:*");
                assert_eq!(decided(&scope_downs), Reason::ExplicitDeny(at), "{way:?}");
            }
        }
    }
}

#[test]
fn the_switch_exempts_a_session_that_is_trusted_by_its_own_arn_and_no_other() {
    let narrow = [policy("Allow", "s3:*")];
    let exempt =
        ways().iter().map(|way| decide(way, &narrow, ScopedSessionArn::Exempt)).collect::<Vec<_>>();

    let denied = Reason::NoAllow(PolicyType::ScopeDown(1));
    assert_eq!(exempt, [denied, denied, denied, denied, Reason::ResourcePolicyAllows]);
}
