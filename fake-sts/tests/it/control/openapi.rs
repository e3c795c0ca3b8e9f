//! The description of the side door, held against the side door.

use std::collections::BTreeMap;

use fake_sts::FakeSts;
use fake_sts::fault::Fault;
use http::Method;
use serde_json::{Value, json};

use super::{read, side};
use crate::client::{ALICE, Answer, ask, call, keys};

/// An operation of the description, with a request made of its examples.
struct Operation {
    name: String,
    method: Method,
    path: String,
    example: Option<Value>,
    value: Value,
}

pub(super) fn description() -> Value {
    serde_json::from_str(include_str!("../../../openapi.json")).unwrap()
}

fn operations() -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, methods) in description()["paths"].as_object().unwrap() {
        for (method, value) in methods.as_object().unwrap() {
            let mut path = path.trim_start_matches('/').to_owned();
            let mut query = Vec::new();
            for parameter in value["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap();
                let example = match &parameter["example"] {
                    Value::Null => continue,
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                if parameter["in"] == "path" {
                    path = path.replace(&format!("{{{name}}}"), &example);
                } else {
                    query.push(format!("{name}={example}"));
                }
            }
            if !query.is_empty() {
                path = format!("{path}?{}", query.join("&"));
            }
            operations.push(Operation {
                name: format!("{method} {path}"),
                method: method.to_uppercase().parse().unwrap(),
                path,
                example: value["requestBody"]["content"]["application/json"]
                    .get("example")
                    .cloned(),
                value: value.clone(),
            });
        }
    }
    operations
}

/// Where a value is not as a schema of the description wants it.
pub(super) fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let mut whole = schema.clone();
    whole["components"] = description()["components"].clone();
    let validator = jsonschema::draft202012::new(&whole).unwrap();
    let faults = validator.iter_errors(value);
    faults.map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[track_caller]
fn check(what: &str, schema: &Value, value: &Value) {
    let faults = faults(schema, value);
    assert!(faults.is_empty(), "{what}: {faults:#?} in {value:#}");
}

/// The documented answers by status, those shared between operations included.
fn answers(operation: &Operation) -> BTreeMap<String, Value> {
    let shared = description()["components"]["responses"].clone();
    let answers = operation.value["responses"].as_object().unwrap().iter();
    let resolved = answers.map(|(status, answer)| {
        let name = answer["$ref"].as_str().and_then(|name| name.rsplit('/').next());
        (status.clone(), name.map_or_else(|| answer.clone(), |name| shared[name].clone()))
    });
    resolved.collect()
}

/// A fake with something of everything in it.
async fn lived_in(builder: fake_sts::FakeStsBuilder) -> FakeSts {
    let sts = builder.start().await.unwrap();
    sts.inject(Fault::error("Throttling").on("AssumeRoot")).keep();
    ask(&sts, &keys(ALICE), call("GetCallerIdentity", &[])).await;
    sts
}

#[track_caller]
fn check_answer(operation: &Operation, answer: &Answer) {
    let documented = answers(operation).remove(&answer.status.to_string());
    let documented = documented
        .unwrap_or_else(|| panic!("{}: {} {}", operation.name, answer.status, answer.body));
    match documented["content"]["application/json"].get("schema") {
        Some(schema) => check(&operation.name, schema, &read(answer)),
        None => assert!(answer.body.is_empty() || answer.body == "ok\n", "{}", operation.name),
    }
}

#[test]
fn every_example_is_as_its_schema_wants_it() {
    for operation in operations() {
        if let Some(example) = &operation.example {
            let schema = &operation.value["requestBody"]["content"]["application/json"]["schema"];
            check(&operation.name, schema, example);
        }
        for (status, answer) in answers(&operation) {
            let content = &answer["content"]["application/json"];
            let several =
                content["examples"].as_object().into_iter().flat_map(|several| several.values());
            for example in
                content.get("example").into_iter().chain(several.map(|one| &one["value"]))
            {
                check(&format!("{} {status}", operation.name), &content["schema"], example);
            }
        }
    }
}

#[tokio::test]
async fn every_example_is_answered_as_described() {
    for operation in operations() {
        let sts = lived_in(FakeSts::builder()).await;
        let body = operation.example.as_ref().map(Value::to_string).unwrap_or_default();

        let answer = side(&sts, operation.method.clone(), &operation.path, &body).await;

        assert!((200..300).contains(&answer.status), "{}: {}", operation.name, answer.body);
        check_answer(&operation, &answer);
    }
}

#[tokio::test]
async fn what_goes_wrong_is_answered_as_described() {
    for operation in operations().iter().filter(|operation| operation.example.is_some()) {
        let sts = lived_in(FakeSts::builder()).await;
        for body in ["no", "[]", r#"{"no such name": 1}"#] {
            let answer = side(&sts, operation.method.clone(), &operation.path, body).await;
            assert_eq!(answer.status, 400, "{}: {body}", operation.name);
            check_answer(operation, &answer);
        }
    }
}

#[tokio::test]
async fn a_control_token_is_asked_for_as_described() {
    for operation in operations() {
        let sts = lived_in(FakeSts::builder().control_token("s3cret")).await;

        let answer = side(&sts, operation.method.clone(), &operation.path, "").await;

        let is_open = operation.value["security"] == json!([]);
        assert_eq!(answer.status == 401, !is_open, "{}", operation.name);
        check_answer(&operation, &answer);
    }
}

#[tokio::test]
async fn the_description_is_served() {
    let sts = FakeSts::start().await;

    assert_eq!(read(&side(&sts, Method::GET, "openapi.json", "").await), description());
}

#[test]
fn every_way_to_break_a_token_is_described() {
    let described = description()["components"]["schemas"]["Token"]["properties"]["broken"].clone();

    // Or null, which breaks nothing.
    let there_are = fake_sts::oidc::Broken::names().map(Value::from).chain([Value::Null]);
    assert_eq!(described["enum"], json!(there_are.collect::<Vec<_>>()));
}
