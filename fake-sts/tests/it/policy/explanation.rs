use fake_sts::policy::{
    Context, Mismatch, PolicyDocument, Principal, Question, Request, ResourcePolicy, authorize,
    evaluate_trust,
};
use fake_sts::switches::ScopedSessionArn;
use serde_json::{Value, json};

use super::{ROLE, alice, named, request, session, statements};

#[track_caller]
fn check(policy: &PolicyDocument, caller: &Principal, context: &Context, explanation: &str) {
    let request = Request { principal: caller, action: "sts:AssumeRole", resource: ROLE, context };
    assert_eq!(evaluate_trust(policy, &request).to_string(), explanation);
}

fn allow(principal: Value, condition: Value) -> PolicyDocument {
    statements(json!([
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
        {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition},
    ]))
}

#[test]
fn an_allow_names_the_statement_and_by_what_the_caller_was_taken_in() {
    let policy = allow(json!({"AWS": "111122223333"}), json!({}));

    check(
        &policy,
        &alice(),
        &Context::new(),
        "allowed by statement 2 of 2 (Allow) of the trust policy, which takes in the caller by its account",
    );
}

#[test]
fn a_deny_names_the_statement_and_the_conditions_that_held() {
    let policy = statements(json!([
        {"Effect": "Allow", "Principal": "*", "Action": "sts:*"},
        {"Sid": "NeedsMfa", "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole",
         "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}, "StringNotEquals": {"aws:username": ["root", "admin"]}}},
    ]));

    check(
        &policy,
        &alice(),
        &Context::new().with("aws:username", "alice"),
        "explicitly denied by statement \"NeedsMfa\" (Deny) of the trust policy, which takes in the caller by *\
         \n  condition held: BoolIfExists aws:MultiFactorAuthPresent wants \"false\", the request has no such key\
         \n  condition held: StringNotEquals aws:username wants one of [\"root\", \"admin\"], the request has \"alice\"",
    );
}

#[test]
fn a_failed_condition_shows_what_was_wanted_and_what_there_was() {
    check(
        &allow(
            json!({"AWS": "111122223333"}),
            json!({"StringEquals": {"sts:ExternalId": "Unique-17"}}),
        ),
        &alice(),
        &Context::new().with("sts:ExternalId", "unique-17"),
        "not allowed: no statement applies; the closest is statement 2 of 2 (Allow) of the trust policy\
         \n  condition failed: StringEquals sts:ExternalId wants \"Unique-17\", the request has \"unique-17\"\
         \n    hint: they differ only in upper and lower case",
    );
}

#[test]
fn an_unknown_caller_is_shown_beside_the_principals() {
    let policy = statements(
        json!({"Sid": "Ci", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/deploy"}, "Action": "sts:AssumeRole"}),
    );

    check(
        &policy,
        &session(),
        &Context::new(),
        "not allowed: no statement applies; the closest is statement \"Ci\" (Allow) of the trust policy\
         \n  principal does not match: Principal is \"arn:aws:iam::111122223333:role/deploy\", the caller is \
         arn:aws:sts::111122223333:assumed-role/deploy/run-7 (a session of arn:aws:iam::111122223333:role/ci/deploy)\
         \n    hint: the role's ARN with its path is arn:aws:iam::111122223333:role/ci/deploy",
    );
}

#[test]
fn an_action_that_is_not_listed_is_shown() {
    let policy = statements(
        json!({"Effect": "Allow", "Principal": "*", "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]}),
    );

    check(
        &policy,
        &alice(),
        &Context::new(),
        "not allowed: no statement applies; the closest is statement 1 (Allow) of the trust policy\
         \n  action does not match: Action is one of [\"sts:AssumeRoleWithWebIdentity\", \"sts:TagSession\"], the request is for sts:AssumeRole",
    );
}

#[test]
fn actions_that_go_along_with_another_have_a_hint() {
    #[track_caller]
    fn check(action: &str, hint: &str) {
        let policy =
            statements(json!({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}));
        let caller = alice();
        let request =
            Request { principal: &caller, action, resource: ROLE, context: &Context::new() };
        let text = evaluate_trust(&policy, &request).to_string();
        assert!(text.ends_with(&format!("\n    hint: {hint}")), "{text}");
    }
    check(
        "sts:TagSession",
        "whoever passes or inherits session tags needs sts:TagSession beside the action that assumes the role",
    );
    check(
        "sts:SetSourceIdentity",
        "whoever passes or inherits a source identity needs sts:SetSourceIdentity beside the action that assumes the role",
    );
    check(
        "sts:AssumeRoleWithWebIdentity",
        "bearers of web identities do not use sts:AssumeRole but sts:AssumeRoleWithWebIdentity",
    );
    check(
        "sts:AssumeRoleWithSAML",
        "bearers of SAML assertions do not use sts:AssumeRole but sts:AssumeRoleWithSAML",
    );
}

#[test]
fn a_policy_that_allows_nothing_says_so() {
    check(
        &statements(json!([])),
        &alice(),
        &Context::new(),
        "not allowed: no statement allows anything",
    );
}

#[test]
fn the_closest_statement_is_the_one_with_the_fewest_failures() {
    let condition = |keys: &[&str]| json!({"StringEquals": keys.iter().map(|key| ((*key).to_owned(), json!("x"))).collect::<serde_json::Map<_, _>>()});
    let statement = |sid: &str, principal: &str, condition: Value| json!({"Sid": sid, "Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole", "Condition": condition});
    let policy = statements(json!([
        statement("Stranger", "444455556666", json!({})),
        statement("Two", "111122223333", condition(&["aws:a", "aws:b"])),
        statement("One", "111122223333", condition(&["aws:c"])),
    ]));

    let verdict = evaluate_trust(&policy, &request(&alice()));

    let closest = verdict.closest().unwrap();
    assert_eq!(closest.statement().sid(), Some("One"));
    let [Mismatch::Condition(report)] = closest.mismatches() else {
        panic!("{:?}", closest.mismatches())
    };
    assert_eq!(
        (report.operator.as_str(), report.key.as_str(), &report.actual),
        ("StringEquals", "aws:c", &None)
    );
    assert_eq!(report.wanted, ["x"]);
}

#[test]
fn the_usual_suspects_are_named() {
    #[track_caller]
    fn check(operator: &str, key: &str, wanted: &str, context: &Context, hint: &str) {
        let policy = allow(json!("*"), json!({operator: {key: wanted}}));
        let caller = alice();
        let request =
            Request { principal: &caller, action: "sts:AssumeRole", resource: ROLE, context };
        let text = evaluate_trust(&policy, &request).to_string();
        assert!(text.contains(&format!("hint: {hint}")), "{text}");
    }
    let sub = "token.actions.githubusercontent.com:sub";
    let context =
        Context::new().with(sub, "repo:octo/cat:ref:refs/heads/main").with("aws:username", "alice");
    check(
        "Bool",
        "aws:MultiFactorAuthPresent",
        "true",
        &context,
        "long-term keys without SerialNumber and TokenCode",
    );
    check("StringEquals", "sts:ExternalId", "x", &context, "the caller passed no ExternalId");
    check(
        "StringEquals",
        sub,
        "repo:octo/cat:*",
        &context,
        "* and ? are ordinary characters to StringEquals; StringLike matches them",
    );
    check(
        "StringLike",
        sub,
        "repo:Octo/Cat:ref:refs/heads/main",
        &context,
        "they differ only in upper and lower case",
    );
    check(
        "StringEquals",
        "githubusercontent.com:sub",
        "x",
        &context,
        "the request has token.actions.githubusercontent.com:sub;",
    );
    check(
        "StringEquals",
        "aws:username",
        "alice/",
        &context,
        "they differ only in a slash at the end",
    );
}

#[test]
fn a_decision_tells_of_each_type_of_policy_and_why_one_was_not_enough() {
    let trust = statements(
        json!({"Sid": "Account", "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}),
    );
    let own = [named("s3-only", json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}))];
    let caller = alice();
    let question = Question {
        scope_downs: &[],
        resource_control_policies: &[],
        scoped_session_arn: ScopedSessionArn::Binds,
        request: request(&caller),
        resource_policy: Some(ResourcePolicy { document: &trust, account: "111122223333" }),
        identity_policies: &own,
        permissions_boundary: None,
        session_policies: None,
    };

    let text = authorize(&question).to_string();

    assert_eq!(
        text,
        "denied: no identity-based policy allows it\
         \nresource-based: allowed by statement \"Account\" (Allow) of the trust policy, which takes in the caller by its account\
         \nidentity-based: not allowed: no statement applies; the closest is statement 1 (Allow) of policy \"s3-only\"\
         \n    action does not match: Action is \"s3:*\", the request is for sts:AssumeRole\
         \nhint: the trust policy leaves it to the caller's account, so a policy of the caller must allow the action on the role as well",
    );
}

#[test]
fn a_decision_is_data_too() {
    let trust = statements(
        json!([{"Sid": "Mfa", "Effect": "Allow", "Principal": {"AWS": alice().arn()}, "Action": "sts:AssumeRole",
        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}]),
    );
    let own = [named("allow", json!({"Effect": "Allow", "Action": "sts:*", "Resource": "*"}))];
    let caller = alice();
    let question = Question {
        scope_downs: &[],
        resource_control_policies: &[],
        scoped_session_arn: ScopedSessionArn::Binds,
        request: request(&caller),
        resource_policy: Some(ResourcePolicy { document: &trust, account: "111122223333" }),
        identity_policies: &own,
        permissions_boundary: None,
        session_policies: None,
    };

    let decision = authorize(&question);

    let mut data = serde_json::to_value(&decision).unwrap();
    assert_eq!(data["explanation"].take(), json!(decision.to_string()));
    assert!(data["trust"]["closest"]["mismatches"][0]["hint"].take().is_string());
    assert_eq!(
        data,
        json!({
            "allowed": false,
            "reason": "denied: the trust policy does not allow it",
            "trust": {"outcome": "not-allowed", "closest": {
                "statement": {"policy": null, "sid": "Mfa", "index": 0, "effect": "Allow"},
                "mismatches": [{"kind": "condition", "operator": "Bool", "key": "aws:MultiFactorAuthPresent", "wanted": ["true"], "actual": null, "hint": null}],
            }},
            "identity": {"outcome": "allowed", "statement": {"policy": "allow", "sid": null, "index": 0, "effect": "Allow"}},
            "explanation": null,
        })
    );
}

/// The keys of the action that assumes a role are absent for the actions authorized beside it, though the caller passed them.
#[test]
fn a_key_of_assuming_that_is_absent_beside_it_is_no_fault_of_the_caller() {
    for action in ["sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"] {
        for key in ["sts:ExternalId", "sts:RoleSessionName", "sts:DurationSeconds"] {
            let statement = json!([{"Effect": "Allow", "Principal": {"AWS": "111122223333"},
                "Action": ["sts:AssumeRole", action], "Condition": {"StringEquals": {key: "x"}}}]);
            let context = Context::new();
            let caller = alice();
            let request = Request { principal: &caller, action, resource: ROLE, context: &context };

            let explanation = evaluate_trust(&statements(statement), &request).to_string();

            let hint = format!(
                "hint: {key} belongs to the action that assumes the role; allow {action} in a statement without it"
            );
            assert!(explanation.contains(&hint), "{explanation}");
        }
    }
}
