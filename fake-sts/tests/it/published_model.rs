//! What the model of the API says, held against what the fake knows: operations, parameters, their constraints, error codes.
//!
//! `published_model.json` is that model; it says itself where it comes from.

use std::collections::BTreeSet;

use fake_sts::FakeSts;
use fake_sts::action::Operation;
use fake_sts::wire::ErrorCode;
use serde_json::Value;

use crate::client::{ALICE, Answer, ask, call, keys, send};

fn model() -> Value {
    serde_json::from_str(include_str!("published_model.json")).unwrap()
}

/// The parameters of an operation, each with what may stand in it.
fn parameters(model: &Value, operation: Operation) -> Vec<(String, Value)> {
    let shape = |name: &Value| model["shapes"][name["shape"].as_str().unwrap()].clone();
    let input = shape(&model["operations"][operation.as_str()]["input"]);
    let members = input["members"].as_object().unwrap();
    members.iter().map(|(name, member)| (name.clone(), shape(member))).collect()
}

#[test]
fn every_operation_and_each_of_its_parameters_is_known() {
    let model = model();
    let operations = model["operations"].as_object().unwrap().keys().map(String::as_str);
    assert_eq!(operations.collect::<BTreeSet<_>>(), Operation::ALL.map(Operation::as_str).into());

    for operation in Operation::ALL {
        let published = parameters(&model, operation);
        let published = published.iter().map(|(name, _)| name.as_str()).collect::<BTreeSet<_>>();
        let known = operation.parameters().iter().copied().collect::<BTreeSet<_>>();
        assert_eq!(known, published, "{operation}");
    }
}

#[test]
fn every_error_has_its_code_and_status() {
    let model = model();
    let errors = model["shapes"].as_object().unwrap().values().map(|shape| &shape["error"]);
    let errors = errors.filter(|error| error.is_object()).collect::<Vec<_>>();
    assert_eq!(errors.len(), 15);

    for error in errors {
        let code = error["code"].as_str().unwrap();
        let known = ErrorCode::named(code).unwrap_or_else(|| panic!("{code} is not known"));
        assert_eq!(known.status(), error["httpStatusCode"], "{code}");
        assert_eq!(known.fault(), "Sender", "{code}");
    }
}

#[tokio::test]
async fn what_is_required_is_asked_for_and_nothing_else() {
    let (sts, model) = (as_published().await, model());
    for operation in Operation::ALL {
        let input = model["operations"][operation.as_str()]["input"]["shape"].as_str().unwrap();
        let required = model["shapes"][input]["required"].as_array();

        let answer = with(&sts, operation, &[]).await;

        let missing = answer.body.matches("Member must not be null").count();
        assert_eq!(missing, required.map_or(0, Vec::len), "{operation}: {}", answer.body);
        for name in required.into_iter().flatten() {
            let clause = format!("Value null at '{}' failed", path(name.as_str().unwrap()));
            assert!(text(&answer).contains(&clause), "{operation}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn each_parameter_is_refused_just_beyond_its_limits_and_not_within() {
    let (sts, model) = (as_published().await, model());
    let mut checked = 0;
    for operation in Operation::ALL {
        for (name, shape) in parameters(&model, operation) {
            let clause = |what: &str, limit: &Value| {
                format!(
                    "at '{}' failed to satisfy constraint: Member must have {what} {limit}",
                    path(&name)
                )
            };
            let (kind, value): (_, fn(i64) -> String) = match shape["type"].as_str() {
                Some("string") => ("length", |length| "1".repeat(usize::try_from(length).unwrap())),
                Some("integer") => ("value", |number| number.to_string()),
                _ => continue,
            };
            for (limit, beyond, words) in [
                (&shape["min"], -1, format!("{kind} greater than or equal to")),
                (&shape["max"], 1, format!("{kind} less than or equal to")),
            ] {
                // Below 0 there is no length, and what is no number is another mistake.
                let Some(at) = limit.as_i64().filter(|at| at + beyond >= 0) else { continue };
                let clause = clause(&words, limit);
                let outside = with(&sts, operation, &[(&name, &value(at + beyond))]).await;
                let inside = with(&sts, operation, &[(&name, &value(at))]).await;

                assert!(text(&outside).contains(&clause), "{operation} {name}: {}", outside.body);
                assert!(!text(&inside).contains(&clause), "{operation} {name}: {}", inside.body);
                checked += 1;
            }
        }
    }
    assert_eq!(checked, 75);
}

#[tokio::test]
async fn each_pattern_is_told_as_it_is_published() {
    let (sts, model) = (as_published().await, model());
    for operation in Operation::ALL {
        for (name, shape) in parameters(&model, operation) {
            let Some(pattern) = shape["pattern"].as_str() else { continue };

            // A character that none of them allows.
            let answer = with(&sts, operation, &[(&name, &"\u{1}".repeat(20))]).await;

            let clause = format!(
                "at '{}' failed to satisfy constraint: Member must satisfy regular expression pattern: {pattern}",
                path(&name)
            );
            assert!(text(&answer).contains(&clause), "{operation} {name}: {}", answer.body);
        }
    }
}

/// A fake by the newest model, which the defaults follow.
async fn as_published() -> FakeSts {
    FakeSts::start().await
}

async fn with(sts: &FakeSts, operation: Operation, parameters: &[(&str, &str)]) -> Answer {
    let call = call(operation.as_str(), parameters);
    if operation.is_signed() {
        ask(sts, &keys(ALICE), call).await
    } else {
        send(sts, call.unsigned(sts)).await
    }
}

fn text(answer: &Answer) -> String {
    answer.body.replace("&apos;", "'").replace("&#39;", "'").replace("&quot;", "\"")
}

/// As messages name a parameter.
fn path(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    format!("{}{rest}", first.to_lowercase())
}
