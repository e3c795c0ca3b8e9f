use fake_sts::policy::{
    Context, NamedPolicy, Outcome, PolicyDocument, Principal, Request, evaluate_identity,
};
use serde_json::{Value, json};

use super::{ROLE, alice, document};

/// The keys of the request that all cases are put to.
fn context() -> Context {
    let mut context = Context::new()
        .with("aws:username", "alice")
        .with("aws:PrincipalTag/Team", "Blue")
        .with("aws:PrincipalTag/Empty", "")
        .with("aws:PrincipalTag/Star", "a*c")
        .with("aws:PrincipalArn", "arn:aws:iam::111122223333:role/ci/deploy")
        .with("aws:MultiFactorAuthPresent", "true")
        .with("aws:SourceIp", "203.0.113.77")
        .with("aws:VpcSourceIp", "2001:db8::1")
        .with("custom:mapped", "::ffff:203.0.113.77")
        .with("aws:CurrentTime", "2026-07-13T10:00:00Z")
        .with("aws:EpochTime", "1783936800")
        .with("sts:DurationSeconds", "3600")
        .with("sts:ExternalId", "Unique-17")
        .with("custom:binary", "QmluYXJ5")
        .with("custom:word", "word");
    context.set_many("aws:TagKeys", ["Team", "Cost"]);
    context
}

fn holds(policy: &PolicyDocument) -> bool {
    let (caller, context): (Principal, _) = (alice(), context());
    let request =
        Request { principal: &caller, action: "sts:AssumeRole", resource: ROLE, context: &context };
    evaluate_identity(&[NamedPolicy::new("p", policy.clone())], &request).outcome()
        == Outcome::Allowed
}

fn policy(version: &str, condition: &Value) -> PolicyDocument {
    document(
        &json!({"Version": version, "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}}),
    )
}

#[track_caller]
fn check(operator: &str, key: &str, wanted: Value, outcome: bool) {
    let condition = json!({operator: {key: wanted}});
    assert_eq!(holds(&policy("2012-10-17", &condition)), outcome, "{condition}");
}

#[test]
fn strings_are_compared_whole_and_in_their_case() {
    check("StringEquals", "aws:PrincipalTag/Team", json!("Blue"), true);
    check("StringEquals", "AWS:principaltag/team", json!("Blue"), true);
    check("StringEquals", "aws:PrincipalTag/Team", json!("blue"), false);
    check("StringEquals", "aws:PrincipalTag/Team", json!("Blu*"), false);
    check("StringEquals", "aws:PrincipalTag/Team", json!(["Red", "Blue"]), true);
    check("StringEquals", "aws:PrincipalTag/Team", json!([]), false);
    check("StringEquals", "aws:PrincipalTag/Empty", json!(""), true);
    check("StringEquals", "sts:DurationSeconds", json!(3600), true);
    check("StringNotEquals", "aws:PrincipalTag/Team", json!("blue"), true);
    check("StringNotEquals", "aws:PrincipalTag/Team", json!(["Red", "Blue"]), false);
    check("StringNotEquals", "aws:PrincipalTag/Team", json!(["Red", "Green"]), true);
    check("StringEqualsIgnoreCase", "aws:PrincipalTag/Team", json!("bLUE"), true);
    check("StringEqualsIgnoreCase", "aws:PrincipalTag/Team", json!("b*"), false);
    check("StringNotEqualsIgnoreCase", "aws:PrincipalTag/Team", json!("bLUE"), false);
}

#[test]
fn only_like_knows_wildcards() {
    check("StringLike", "aws:PrincipalTag/Team", json!("Bl?e"), true);
    check("StringLike", "aws:PrincipalTag/Team", json!("*"), true);
    check("StringLike", "aws:PrincipalTag/Empty", json!("*"), true);
    check("StringLike", "aws:PrincipalTag/Empty", json!("?*"), false);
    check("StringLike", "aws:PrincipalTag/Team", json!("b*"), false);
    check("StringNotLike", "aws:PrincipalTag/Team", json!("R*"), true);
    check("StringNotLike", "aws:PrincipalTag/Team", json!(["R*", "B*"]), false);
    check("StringLike", "aws:PrincipalTag/Star", json!("a${*}c"), true);
    check("StringLike", "aws:PrincipalTag/Team", json!("Bl${?}e"), false);
}

#[test]
fn numbers_are_compared_by_value() {
    check("NumericEquals", "sts:DurationSeconds", json!(3600), true);
    check("NumericEquals", "sts:DurationSeconds", json!("3600.0"), true);
    check("NumericNotEquals", "sts:DurationSeconds", json!("3600"), false);
    check("NumericLessThan", "sts:DurationSeconds", json!(3600), false);
    check("NumericLessThanEquals", "sts:DurationSeconds", json!(3600), true);
    check("NumericGreaterThan", "sts:DurationSeconds", json!(900), true);
    check("NumericGreaterThanEquals", "sts:DurationSeconds", json!(3601), false);
    check("NumericLessThan", "custom:word", json!(1), false);
    check("NumericNotEquals", "custom:word", json!(1), true);
}

#[test]
fn dates_are_compared_as_instants() {
    check("DateEquals", "aws:CurrentTime", json!("2026-07-13T12:00:00+02:00"), true);
    check("DateEquals", "aws:CurrentTime", json!(1_783_936_800), true);
    check("DateEquals", "aws:EpochTime", json!("2026-07-13T10:00:00Z"), true);
    check("DateNotEquals", "aws:CurrentTime", json!("2026-07-13T10:00:00Z"), false);
    check("DateLessThan", "aws:CurrentTime", json!("2026-07-13T10:00:00Z"), false);
    check("DateLessThanEquals", "aws:CurrentTime", json!("2026-07-13T10:00:00Z"), true);
    check("DateGreaterThan", "aws:CurrentTime", json!("2026-07-13"), true);
    check("DateGreaterThanEquals", "aws:CurrentTime", json!("2026-07-14"), false);
    check("DateGreaterThan", "custom:word", json!("2026-07-13"), false);
}

#[test]
fn booleans_and_bytes_and_addresses() {
    check("Bool", "aws:MultiFactorAuthPresent", json!("true"), true);
    check("Bool", "aws:MultiFactorAuthPresent", json!(true), true);
    check("Bool", "aws:MultiFactorAuthPresent", json!("True"), true);
    check("Bool", "aws:MultiFactorAuthPresent", json!("false"), false);
    check("Bool", "custom:word", json!("false"), false);
    check("BinaryEquals", "custom:binary", json!("QmluYXJ5"), true);
    check("BinaryEquals", "custom:binary", json!("QmluYXJ6"), false);
    check("IpAddress", "aws:SourceIp", json!("203.0.113.0/24"), true);
    check("IpAddress", "aws:SourceIp", json!("203.0.113.1/24"), true);
    check("IpAddress", "aws:SourceIp", json!("203.0.113.77"), true);
    check("IpAddress", "aws:SourceIp", json!("203.0.113.76/32"), false);
    check("IpAddress", "aws:SourceIp", json!("0.0.0.0/0"), true);
    check("IpAddress", "aws:SourceIp", json!("::/0"), false);
    check("IpAddress", "aws:VpcSourceIp", json!("2001:db8::/32"), true);
    check("IpAddress", "custom:mapped", json!("203.0.113.0/24"), true);
    check("NotIpAddress", "aws:SourceIp", json!(["10.0.0.0/8", "203.0.113.0/24"]), false);
    check("NotIpAddress", "aws:SourceIp", json!(["10.0.0.0/8", "192.168.0.0/16"]), true);
}

#[test]
fn arns_are_compared_part_by_part() {
    for operator in ["ArnEquals", "ArnLike"] {
        check(
            operator,
            "aws:PrincipalArn",
            json!("arn:aws:iam::111122223333:role/ci/deploy"),
            true,
        );
        check(operator, "aws:PrincipalArn", json!("arn:aws:iam::*:role/*"), true);
        check(operator, "aws:PrincipalArn", json!("arn:*:role/*"), false);
        check(operator, "aws:PrincipalArn", json!("arn:aws:iam::111122223333:role/CI/*"), false);
        check(operator, "aws:PrincipalArn", json!("*"), true);
        check(operator, "custom:word", json!("arn:aws:iam::*:role/*"), false);
    }
    check("ArnNotLike", "aws:PrincipalArn", json!("arn:aws:iam::*:role/*"), false);
    check("ArnNotEquals", "aws:PrincipalArn", json!("arn:aws:iam::*:user/*"), true);
}

#[test]
fn absent_keys_fail_positive_operators_and_pass_negated_ones() {
    for (operator, wanted) in POSITIVE {
        check(operator, "aws:absent", wanted.into(), false);
        check(&format!("{operator}IfExists"), "aws:absent", wanted.into(), true);
        check(&format!("ForAnyValue:{operator}"), "aws:absent", wanted.into(), false);
        check(&format!("ForAnyValue:{operator}IfExists"), "aws:absent", wanted.into(), true);
        // The trap that AWS warns of.
        check(&format!("ForAllValues:{operator}"), "aws:absent", wanted.into(), true);
    }
    for (operator, wanted) in NEGATED {
        check(operator, "aws:absent", wanted.into(), true);
        check(&format!("{operator}IfExists"), "aws:absent", wanted.into(), true);
        check(&format!("ForAnyValue:{operator}"), "aws:absent", wanted.into(), false);
    }
}

#[test]
fn if_exists_changes_nothing_for_a_key_that_is_there() {
    check("StringEqualsIfExists", "aws:PrincipalTag/Team", json!("Blue"), true);
    check("StringEqualsIfExists", "aws:PrincipalTag/Team", json!("Red"), false);
    check("BoolIfExists", "aws:MultiFactorAuthPresent", json!("false"), false);
}

#[test]
fn null_asks_for_absence() {
    check("Null", "aws:absent", json!("true"), true);
    check("Null", "aws:absent", json!(false), false);
    check("Null", "aws:username", json!("true"), false);
    check("Null", "aws:username", json!("false"), true);
    check("Null", "aws:PrincipalTag/Empty", json!("true"), false);
}

#[test]
fn set_prefixes_ask_for_any_or_all_values() {
    check("ForAnyValue:StringEquals", "aws:TagKeys", json!(["Team", "Other"]), true);
    check("ForAnyValue:StringEquals", "aws:TagKeys", json!(["Other"]), false);
    check("ForAllValues:StringEquals", "aws:TagKeys", json!(["Team", "Cost", "Other"]), true);
    check("ForAllValues:StringEquals", "aws:TagKeys", json!(["Team"]), false);
    check("ForAllValues:StringNotEquals", "aws:TagKeys", json!(["Other"]), true);
    check("ForAllValues:StringNotEquals", "aws:TagKeys", json!(["Team"]), false);
    check("ForAnyValue:StringNotEquals", "aws:TagKeys", json!(["Team"]), true);
    check("ForAllValues:StringLike", "aws:TagKeys", json!("*"), true);
    check("ForAllValues:StringEquals", "aws:PrincipalTag/Empty", json!("x"), true);
    // Without a prefix any value will do.
    check("StringEquals", "aws:TagKeys", json!("Cost"), true);
    check("StringNotEquals", "aws:TagKeys", json!("Cost"), false);
}

#[test]
fn variables_stand_for_values_of_the_request() {
    check("StringEquals", "aws:username", json!("${aws:username}"), true);
    check("StringEquals", "aws:PrincipalTag/Team", json!("${aws:PrincipalTag/team}"), true);
    check("StringEquals", "aws:PrincipalTag/Team", json!("${aws:PrincipalTag/None, 'Blue'}"), true);
    check("StringEquals", "aws:username", json!("${aws:none}"), false);
    check("StringNotEquals", "aws:username", json!("${aws:none}"), true);
    check("StringLike", "aws:PrincipalArn", json!("*:role/*/${custom:none, 'deploy'}"), true);
    // The wildcard in the tag's value is an ordinary character.
    check("StringLike", "custom:word", json!("${aws:PrincipalTag/Star}"), false);
    check("ArnLike", "aws:PrincipalArn", json!("${aws:PrincipalArn}"), true);
}

#[test]
fn the_old_version_takes_variables_for_text() {
    let condition = json!({"StringEquals": {"aws:username": "${aws:username}"}});

    assert!(!holds(&policy("2008-10-17", &condition)));
    assert!(holds(&policy("2012-10-17", &condition)));
}

#[test]
fn operators_and_keys_are_joined_by_and() {
    let both = |team: &str, minimum: u32| json!({"StringEquals": {"aws:username": "alice", "aws:PrincipalTag/Team": team}, "NumericGreaterThan": {"sts:DurationSeconds": minimum}});

    assert!(holds(&policy("2012-10-17", &both("Blue", 900))));
    assert!(!holds(&policy("2012-10-17", &both("Red", 900))));
    assert!(!holds(&policy("2012-10-17", &both("Blue", 3600))));
}

const POSITIVE: [(&str, &str); 19] = [
    ("StringEquals", "x"),
    ("StringEqualsIgnoreCase", "x"),
    ("StringLike", "*"),
    ("NumericEquals", "1"),
    ("NumericLessThan", "1"),
    ("NumericLessThanEquals", "1"),
    ("NumericGreaterThan", "1"),
    ("NumericGreaterThanEquals", "1"),
    ("DateEquals", "1"),
    ("DateLessThan", "1"),
    ("DateLessThanEquals", "1"),
    ("DateGreaterThan", "1"),
    ("DateGreaterThanEquals", "1"),
    ("Bool", "false"),
    ("BinaryEquals", ""),
    ("IpAddress", "0.0.0.0/0"),
    ("ArnEquals", "*"),
    ("ArnLike", "*"),
    ("StringEquals", ""),
];

const NEGATED: [(&str, &str); 8] = [
    ("StringNotEquals", "x"),
    ("StringNotEqualsIgnoreCase", "x"),
    ("StringNotLike", "*"),
    ("NumericNotEquals", "1"),
    ("DateNotEquals", "1"),
    ("NotIpAddress", "0.0.0.0/0"),
    ("ArnNotEquals", "*"),
    ("ArnNotLike", "*"),
];
