use fake_sts::policy::{PolicyDocument, PolicyKind, PolicyProblem};
use serde_json::{Value, json};

use super::{document, statements};

#[track_caller]
fn check(value: Value, message: &str) {
    assert_eq!(PolicyDocument::try_from(&value).unwrap_err().to_string(), message);
}

#[track_caller]
fn check_statement(statement: Value, message: &str) {
    check(
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:*"}, statement]}),
        message,
    );
}

/// What IAM asks of a policy that it stores, and STS not of one that it is passed.
#[track_caller]
fn check_stored(statement: Value, message: &str) {
    let statement = json!([{"Effect": "Allow", "Action": "sts:*", "Resource": "*"}, {
        "Effect": statement["Effect"], "Action": statement["Action"], "Resource": "*",
        "Condition": statement["Condition"]}]);
    let policy = statements(statement);
    assert_eq!(policy.check(PolicyKind::Identity).unwrap_err().to_string(), message);
    policy.check(PolicyKind::Session).unwrap();
}

#[track_caller]
fn check_kind(kind: PolicyKind, statement: Value, message: &str) {
    assert_eq!(statements(json!([statement])).check(kind).unwrap_err().to_string(), message);
}

#[test]
fn a_document_is_an_object_of_known_elements() {
    check(json!([]), "policy document: must be an object");
    check(json!({}), "policy document: misses `Statement`");
    check(
        json!({"statement": []}),
        "policy document: unknown element `statement`; did you mean `Statement`?",
    );
    check(json!({"Statement": [], "Comment": ""}), "policy document: unknown element `Comment`");
    check(
        json!({"Statement": [], "Version": "2012-10-18"}),
        "policy document, Version: `2012-10-18` is no version; write 2012-10-17",
    );
    check(json!({"Statement": [], "Version": 2012}), "policy document, Version: must be a string");
    check(json!({"Statement": [], "Id": 1}), "policy document, Id: must be a string");
    check(json!({"Statement": "x"}), "policy document, Statement: must be an object");
}

#[test]
fn a_text_that_is_no_json_is_told_where() {
    let error = "{\n  \"Version\": }".parse::<PolicyDocument>().unwrap_err();

    assert_eq!(
        error.to_string(),
        "policy document: not JSON (line 2, column 14); a policy is one JSON object"
    );
    assert!(matches!(error.problem(), PolicyProblem::NotJson { line: 2, .. }));
}

#[test]
fn a_statement_has_an_effect_and_actions() {
    check_statement(json!("x"), "policy document, Statement[1]: must be an object");
    check_statement(json!({"Action": "sts:*"}), "policy document, Statement[1]: misses `Effect`");
    check_statement(json!({"Effect": "Allow"}), "policy document, Statement[1]: misses `Action`");
    check_statement(
        json!({"Effect": "allow", "Action": "sts:*"}),
        "policy document, Statement[1].Effect: `allow` is no effect; write Allow or Deny",
    );
    check_statement(
        json!({"Effect": "Allow", "Action": []}),
        "policy document, Statement[1].Action: must be a string or a list with at least one",
    );
    check_statement(
        json!({"Effect": "Allow", "Action": [1]}),
        "policy document, Statement[1].Action: must be a string or a list of strings",
    );
    check_statement(
        json!({"Effect": "Allow", "Action": "AssumeRole"}),
        "policy document, Statement[1].Action: `AssumeRole` is no action; write service:Action, such as sts:AssumeRole, or *",
    );
    check_statement(
        json!({"Effect": "Allow", "Action": "sts:*", "NotAction": "sts:*"}),
        "policy document, Statement[1]: has both `Action` and `NotAction`; only one of them may stand in a statement",
    );
    check_statement(
        json!({"Effect": "Allow", "Action": "sts:*", "Conditions": {}}),
        "policy document, Statement[1]: unknown element `Conditions`",
    );
}

#[test]
fn statement_ids_are_unique() {
    check(
        json!({"Statement": [{"Sid": "A", "Effect": "Allow", "Action": "*"}, {"Sid": "A", "Effect": "Deny", "Action": "*"}]}),
        "policy document, Statement[1].Sid: `A` is the id of an earlier statement too; ids are unique within a policy",
    );
}

#[test]
fn conditions_name_known_operators_and_fitting_values() {
    let condition =
        |condition: Value| json!({"Effect": "Allow", "Action": "sts:*", "Condition": condition});
    let at = "policy document, Statement[1].Condition";
    check_statement(condition(json!([])), &format!("{at}: must be an object"));
    check_statement(
        condition(json!({"StringEqual": {}})),
        &format!("{at}.StringEqual: unknown condition operator"),
    );
    check_statement(
        condition(json!({"stringequals": {}})),
        &format!("{at}.stringequals: unknown condition operator; did you mean `StringEquals`?"),
    );
    check_statement(
        condition(json!({"NullIfExists": {}})),
        &format!("{at}.NullIfExists: unknown condition operator; did you mean `Null`?"),
    );
    check_statement(
        condition(json!({"ForSomeValue:StringLike": {}})),
        &format!("{at}.ForSomeValue:StringLike: unknown condition operator"),
    );
    check_statement(
        condition(json!({"StringEquals": []})),
        &format!("{at}.StringEquals: must be an object"),
    );
    let scalar = "must be a string, a number, true, false, or a list of them";
    check_statement(
        condition(json!({"StringEquals": {"k": null}})),
        &format!("{at}.StringEquals.k: {scalar}"),
    );
    check_statement(
        condition(json!({"StringEquals": {"k": [[]]}})),
        &format!("{at}.StringEquals.k: {scalar}"),
    );
    check_stored(
        condition(json!({"NumericEquals": {"k": "x"}})),
        &format!("{at}.NumericEquals.k: `x` is not a number"),
    );
    check_stored(
        condition(json!({"DateLessThan": {"k": "soon"}})),
        &format!("{at}.DateLessThan.k: `soon` is not an ISO 8601 date or seconds since 1970"),
    );
    check_statement(
        condition(json!({"Bool": {"k": "yes"}})),
        &format!("{at}.Bool.k: `yes` is not true or false"),
    );
    check_statement(
        condition(json!({"BinaryEquals": {"k": "%"}})),
        &format!("{at}.BinaryEquals.k: `%` is not base64"),
    );
    check_stored(
        condition(json!({"IpAddress": {"k": "10.0.0.0/33"}})),
        &format!(
            "{at}.IpAddress.k: `10.0.0.0/33` is not an IP address or a range such as 203.0.113.0/24"
        ),
    );
}

#[test]
fn principals_are_refused_in_the_words_of_iam() {
    let principal =
        |principal: Value| json!({"Effect": "Allow", "Action": "sts:*", "Principal": principal});
    let at = "policy document, Statement[1].Principal: Invalid principal in policy:";
    for arn in [
        "arn:aws:iam::111122223333:user/*",
        "arn:aws:iam::111122223333:group/g",
        "arn:aws:iam::11112222333:user/x",
        "arn:aws:iam::111122223333:user/",
        "arn:aws:sts::111122223333:assumed-role/Role",
        "arn:aws:sts::111122223333:assumed-role/Role/*",
        "arn:aws:s3:::bucket",
        "alice",
        "11112222333",
        "",
    ] {
        check_statement(principal(json!({"AWS": [arn]})), &format!("{at} \"AWS\":\"{arn}\""));
    }
    check_statement(principal(json!({"aws": "*"})), &format!("{at} \"aws\":\"*\""));
    check_statement(
        principal(json!("111122223333")),
        "policy document, Statement[1].Principal: must be \"*\" or an object such as {\"AWS\": \"111122223333\"}",
    );
    check_statement(
        principal(json!({})),
        "policy document, Statement[1].Principal: must be an object that names at least one principal",
    );
    check_statement(
        principal(json!({"AWS": 1})),
        "policy document, Statement[1].Principal.AWS: must be a string or a list of strings",
    );
}

#[test]
fn a_trust_policy_names_principals_and_actions_of_sts_and_no_resource() {
    let kind = PolicyKind::Trust;
    check_kind(
        kind,
        json!({"Effect": "Allow", "Action": "sts:AssumeRole"}),
        "policy document, Statement[0]: misses `Principal`",
    );
    check_kind(
        kind,
        json!({"Effect": "Allow", "Principal": "*", "Action": ["STS:AssumeRole", "s3:GetObject"]}),
        "policy document, Statement[0].Action: `s3:GetObject` means nothing in a trust policy, which may only name actions of sts",
    );
    check_kind(
        kind,
        json!({"Effect": "Allow", "Principal": "*", "Action": "sts:*", "Resource": "*"}),
        "policy document, Statement[0].Resource: must not stand in a trust policy, whose resource is the role it stands on",
    );
    assert!(statements(json!({"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "NotAction": "sts:TagSession"})).check(kind).is_ok());
}

#[test]
fn identity_and_session_policies_name_resources_and_no_principal() {
    check_kind(
        PolicyKind::Identity,
        json!({"Effect": "Allow", "Action": "*"}),
        "policy document, Statement[0]: misses `Resource`",
    );
    check_kind(
        PolicyKind::Identity,
        json!({"Effect": "Allow", "Action": "*", "Resource": "bucket"}),
        "policy document, Statement[0].Resource: `bucket` is no resource; write an ARN or *",
    );
    check_kind(
        PolicyKind::Session,
        json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}),
        "policy document, Statement[0].Principal: must not stand in a session policy",
    );
    check_kind(
        PolicyKind::Session,
        json!({"Sid": "a b", "Effect": "Allow", "Action": "*", "Resource": "*"}),
        "policy document, Statement[0].Sid: `a b` is no statement id; only letters and digits may stand in it",
    );
    assert!(statements(json!({"Sid": "Ab1", "Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::x"})).check(PolicyKind::Identity).is_ok());
}

#[test]
fn a_document_keeps_its_text_and_is_written_as_the_object_it_is() {
    let text = "{ \"Statement\" : [] }";

    let document = text.parse::<PolicyDocument>().unwrap();

    assert_eq!(document.source(), text);
    assert_eq!(serde_json::to_value(&document).unwrap(), json!({"Statement": []}));
    assert_eq!(serde_json::from_value::<PolicyDocument>(json!(text)).unwrap(), document);
    assert!(
        serde_json::from_value::<PolicyDocument>(json!({"Statement": 1}))
            .unwrap_err()
            .to_string()
            .contains("Statement: must be an object")
    );
}

#[test]
fn binding_asks_for_each_user_and_role_and_refuses_unknown_ones() {
    let policy = document(
        &json!({"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {
            "AWS": ["111122223333", "arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:role/a", "arn:aws:sts::111122223333:assumed-role/a/s"],
            "Service": "lambda.amazonaws.com",
        }}}),
    );
    let mut asked = Vec::new();

    let bound = policy.bind_principals(|arn| {
        asked.push(arn.to_owned());
        Some("AROA3TM7R3RLBCMLQ2A7J".to_owned())
    });

    assert!(bound.is_ok());
    assert_eq!(asked, ["arn:aws:iam::111122223333:role/a"]);
    let unknown = policy.bind_principals(|_| None).unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "Invalid principal in policy: \"AWS\":\"arn:aws:iam::111122223333:role/a\""
    );
}
