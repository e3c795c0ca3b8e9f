use fake_sts::policy::{
    Context, NamedPolicy, Outcome, PolicyDocument, PolicyKind, Question, Request, ResourcePolicy,
    authorize, evaluate_identity, evaluate_trust,
};
use fake_sts::switches::ScopedSessionArn;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{ROLE, alice, session, statements};

fn effect() -> impl Strategy<Value = Value> {
    prop_oneof![Just(json!("Allow")), Just(json!("Deny"))]
}

fn action() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        "sts:AssumeRole",
        "sts:*",
        "*",
        "STS:assumerole",
        "s3:*",
        "sts:TagSession",
        "sts:Assume????",
    ])
    .prop_map(Value::from)
}

fn principal() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!("*"),
        json!({"AWS": "111122223333"}),
        json!({"AWS": "444455556666"}),
        json!({"AWS": "arn:aws:iam::111122223333:user/team/alice"}),
        json!({"AWS": ["arn:aws:iam::111122223333:role/ci/deploy", "arn:aws:iam::444455556666:root"]}),
        json!({"Service": "ec2.amazonaws.com"}),
    ])
}

fn condition() -> impl Strategy<Value = Value> {
    let operator = prop::sample::select(vec![
        "StringEquals",
        "StringLike",
        "StringNotEquals",
        "StringNotLike",
        "StringEqualsIgnoreCase",
    ]);
    let prefix = prop::sample::select(vec!["", "ForAnyValue:", "ForAllValues:"]);
    let suffix = prop::sample::select(vec!["", "IfExists"]);
    let values = prop::collection::vec("[ab*?]{0,3}|\\$\\{aws:one\\}|\\$\\{x, 'a'\\}", 0..3);
    (prefix, operator, suffix, key(), values)
        .prop_map(|(prefix, operator, suffix, key, values)| json!({(format!("{prefix}{operator}{suffix}")): {key: values}}))
}

fn key() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["aws:one", "aws:many", "aws:absent", "AWS:ONE"])
}

fn statement() -> impl Strategy<Value = Value> {
    (effect(), action(), principal(), prop::option::of(condition())).prop_map(|(effect, action, principal, condition)| {
        json!({"Effect": effect, "Action": action, "Principal": principal, "Condition": condition.unwrap_or_else(|| json!({}))})
    })
}

fn context() -> impl Strategy<Value = Context> {
    ("[ab]{0,3}", prop::collection::vec("[ab]{0,3}", 0..3)).prop_map(|(one, many)| {
        let mut context = Context::new().with("aws:one", one);
        context.set_many("aws:many", many);
        context
    })
}

fn outcome(policy: &PolicyDocument, context: &Context) -> Outcome {
    let caller = alice();
    evaluate_trust(
        policy,
        &Request { principal: &caller, action: "sts:AssumeRole", resource: ROLE, context },
    )
    .outcome()
}

fn identity_holds(condition: &Value, context: &Context) -> bool {
    let policy = statements(
        json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}),
    );
    let caller = session();
    let request = Request { principal: &caller, action: "sts:AssumeRole", resource: ROLE, context };
    evaluate_identity(&[NamedPolicy::new("p", policy)], &request).is_allowed()
}

fn any_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "Version",
        "2012-10-17",
        "Statement",
        "Effect",
        "Allow",
        "Principal",
        "AWS",
        "*",
        "Action",
        "sts:*",
        "Condition",
        "StringLike",
        "Null",
        "${",
        "${a, '",
        "Resource",
        "NotAction",
        "Sid",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from)
    ];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        let key = prop_oneof![word.clone().prop_map(ToOwned::to_owned), "\\PC{0,8}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn the_order_of_statements_does_not_matter(list in prop::collection::vec(statement(), 0..5), context in context()) {
        let mut reversed = list.clone();
        reversed.reverse();
        prop_assert_eq!(outcome(&statements(json!(list)), &context), outcome(&statements(json!(reversed)), &context));
    }

    #[test]
    fn a_deny_for_all_always_wins(mut list in prop::collection::vec(statement(), 0..5), position in any::<prop::sample::Index>(), context in context()) {
        let position = position.index(list.len() + 1);
        list.insert(position, json!({"Effect": "Deny", "Principal": "*", "Action": "*"}));
        prop_assert_eq!(outcome(&statements(json!(list)), &context), Outcome::Denied);
    }

    #[test]
    fn one_more_deny_never_allows(mut list in prop::collection::vec(statement(), 0..5), mut deny in statement(), context in context()) {
        let before = outcome(&statements(json!(list)), &context);
        deny["Effect"] = json!("Deny");
        list.push(deny);
        let after = outcome(&statements(json!(list)), &context);
        prop_assert!(after == before || after == Outcome::Denied);
    }

    #[test]
    fn one_more_allow_never_takes_away(mut list in prop::collection::vec(statement(), 0..5), mut allow in statement(), context in context()) {
        let before = outcome(&statements(json!(list)), &context);
        allow["Effect"] = json!("Allow");
        list.push(allow);
        let after = outcome(&statements(json!(list)), &context);
        prop_assert!(after == before || (before == Outcome::NotAllowed && after == Outcome::Allowed));
    }

    #[test]
    fn a_negated_operator_says_the_opposite(
        operator in prop::sample::select(vec![("StringEquals", "StringNotEquals"), ("StringLike", "StringNotLike"), ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"), ("ArnLike", "ArnNotLike")]),
        key in key(), wanted in prop::collection::vec("[ab:*]{0,3}", 0..3), context in context(),
    ) {
        let holds = |operator: &str| identity_holds(&json!({operator: {key: wanted}}), &context);
        prop_assert_ne!(holds(operator.0), holds(operator.1));
        // For any value one way is for not all values the other way, where there are values.
        if context.get(key).is_some_and(|values| values.iter().all(|value| !value.is_empty())) {
            prop_assert_ne!(holds(&format!("ForAnyValue:{}", operator.0)), holds(&format!("ForAllValues:{}", operator.1)));
        }
    }

    #[test]
    fn if_exists_is_the_operator_or_absence(condition in condition(), context in context()) {
        let (operator, keys) = condition.as_object().unwrap().iter().next().unwrap();
        let key = keys.as_object().unwrap().keys().next().unwrap();
        let plain = operator.trim_end_matches("IfExists");
        let holds = |operator: &str| identity_holds(&json!({operator: keys}), &context);
        let wanted = context.get(key).is_none() || holds(plain);
        prop_assert_eq!(holds(&format!("{plain}IfExists")), wanted);
    }

    #[test]
    fn whole_numbers_compare_as_numbers(wanted: i64, actual: i64) {
        let context = Context::new().with("aws:one", actual.to_string());
        let holds = |operator: &str| identity_holds(&json!({operator: {"aws:one": wanted}}), &context);
        prop_assert_eq!(holds("NumericEquals"), actual == wanted);
        prop_assert_eq!(holds("NumericNotEquals"), actual != wanted);
        prop_assert_eq!(holds("NumericLessThan"), actual < wanted);
        prop_assert_eq!(holds("NumericLessThanEquals"), actual <= wanted);
        prop_assert_eq!(holds("NumericGreaterThan"), actual > wanted);
        prop_assert_eq!(holds("NumericGreaterThanEquals"), actual >= wanted);
    }

    #[test]
    fn instants_compare_alike_in_either_notation(wanted in 0_i64..4_000_000_000, actual in 0_i64..4_000_000_000) {
        let iso = |seconds: i64| jiff::Timestamp::from_second(seconds).unwrap().to_string();
        for actual_text in [actual.to_string(), iso(actual)] {
            let context = Context::new().with("aws:one", actual_text);
            for wanted_text in [wanted.to_string(), iso(wanted)] {
                let holds = |operator: &str| identity_holds(&json!({operator: {"aws:one": wanted_text}}), &context);
                prop_assert_eq!(holds("DateEquals"), actual == wanted);
                prop_assert_eq!(holds("DateLessThan"), actual < wanted);
                prop_assert_eq!(holds("DateGreaterThanEquals"), actual >= wanted);
            }
        }
    }

    #[test]
    fn an_address_is_in_a_range_when_the_bits_of_the_prefix_agree(range: u32, prefix in 0_u32..=32, flip in 0_u32..=32) {
        // Flip one bit of the range's own address, or none.
        let address = if flip == 32 { range } else { range ^ (1 << flip) };
        let mask = u32::MAX.checked_shl(32 - prefix).unwrap_or(0);
        let context = Context::new().with("aws:one", std::net::Ipv4Addr::from(address).to_string());
        let wanted = format!("{}/{prefix}", std::net::Ipv4Addr::from(range));
        prop_assert_eq!(identity_holds(&json!({"IpAddress": {"aws:one": wanted}}), &context), address & mask == range & mask);
        prop_assert_eq!(identity_holds(&json!({"NotIpAddress": {"aws:one": wanted}}), &context), address & mask != range & mask);
    }

    #[test]
    fn null_is_absence(key in key(), context in context()) {
        prop_assert_eq!(identity_holds(&json!({"Null": {key: "true"}}), &context), context.get(key).is_none());
        prop_assert_eq!(identity_holds(&json!({"Null": {key: "false"}}), &context), context.get(key).is_some());
    }

    #[test]
    fn a_session_policy_never_adds(own in prop::collection::vec(action(), 0..3), limit in prop::collection::vec(action(), 0..3)) {
        let named = |actions: &[Value]| actions.iter().map(|action| NamedPolicy::new("p", statements(json!({"Effect": "Allow", "Action": action, "Resource": "*"})))).collect::<Vec<_>>();
        let (caller, context, own, limit) = (session(), Context::new(), named(&own), named(&limit));
        let request = Request { principal: &caller, action: "sts:AssumeRole", resource: ROLE, context: &context };
        let allowed = |session_policies| authorize(&Question { scope_downs: &[], resource_control_policies: &[], scoped_session_arn: ScopedSessionArn::Binds, request, resource_policy: None, identity_policies: &own, permissions_boundary: None, session_policies }).is_allowed();
        prop_assert_eq!(allowed(Some(&limit[..])), allowed(None) && evaluate_identity(&limit, &request).is_allowed());
    }

    #[test]
    fn every_decision_explains_itself(list in prop::collection::vec(statement(), 0..5), context in context()) {
        let trust = statements(json!(list));
        let caller = alice();
        let request = Request { principal: &caller, action: "sts:AssumeRole", resource: ROLE, context: &context };
        let decision = authorize(&Question { scope_downs: &[], resource_control_policies: &[], scoped_session_arn: ScopedSessionArn::Binds, request, resource_policy: Some(ResourcePolicy { document: &trust, account: "111122223333" }), identity_policies: &[], permissions_boundary: None, session_policies: None });
        let text = decision.to_string();
        prop_assert_eq!(text.starts_with("allowed: "), decision.is_allowed());
        prop_assert_eq!(decision.message_tail("sts:AssumeRole").is_none(), decision.is_allowed());
    }

    #[test]
    fn any_json_is_parsed_or_refused_without_a_panic(value in any_json(), context in context()) {
        if let Ok(document) = PolicyDocument::try_from(&value) {
            for kind in [PolicyKind::Trust, PolicyKind::Identity, PolicyKind::Session] {
                let _ = document.check(kind);
            }
            let _ = outcome(&document, &context);
        }
    }

    #[test]
    fn any_text_is_parsed_or_refused_without_a_panic(text in "\\PC{0,60}") {
        prop_assert!(text.parse::<PolicyDocument>().is_err());
    }

    #[test]
    fn any_value_of_any_operator_is_compared_without_a_panic(
        operator in prop::sample::select(vec!["NumericEquals", "NumericLessThan", "DateEquals", "DateLessThan", "Bool", "BinaryEquals", "IpAddress", "ArnLike", "StringLike"]),
        wanted in "\\PC{0,12}|[0-9eE.+-]{0,25}|[0-9T:Z.+-]{0,30}|[0-9a-f:./]{0,20}", actual in "\\PC{0,12}|[0-9eE.+-]{0,25}|[0-9T:Z.+-]{0,30}|[0-9a-f:./]{0,20}",
    ) {
        let policy = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Condition": {operator: {"aws:one": wanted}}}});
        if let Ok(document) = PolicyDocument::try_from(&policy) {
            let _ = outcome(&document, &Context::new().with("aws:one", actual));
        }
    }
}
