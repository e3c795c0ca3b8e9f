//! The schemas of the description, held against what the side door takes and refuses.

use std::collections::BTreeSet;

use fake_sts::FakeSts;
use fake_sts::wire::ErrorCode;
use http::Method;
use serde_json::{Value, json};

use super::openapi::{description, faults};
use super::{read, side};
use crate::client::Answer;
use crate::faults::side_door::EFFECTS;

fn schema(name: &str) -> Value {
    let schema = description()["components"]["schemas"][name].clone();
    assert!(schema.is_object(), "{name}");
    schema
}

/// What a schema allows by name: texts, and members of objects.
fn named(schema: &Value) -> BTreeSet<String> {
    let several = schema["oneOf"].as_array().into_iter().flatten().flat_map(named);
    let texts = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let members = schema["properties"].as_object().into_iter().flat_map(|members| members.keys());
    several.chain(texts.map(str::to_owned)).chain(members.cloned()).collect()
}

/// What would have been taken in place of a name that does not exist, as the refusal tells.
fn wanted(answer: &Answer) -> BTreeSet<String> {
    let error = read(answer)["error"].as_str().unwrap().to_owned();
    let (_, names) = error.split_once("expected").unwrap_or_else(|| panic!("{error}"));
    names.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

async fn add(sts: &FakeSts, fault: &Value) -> Answer {
    side(sts, Method::POST, "faults", &fault.to_string()).await
}

async fn put(sts: &FakeSts, world: &Value) -> Answer {
    side(sts, Method::PUT, "state", &world.to_string()).await
}

#[tokio::test]
async fn the_members_of_each_object_are_described() {
    let sts = FakeSts::start().await;
    let nobody = json!([{"?": 1}]);
    let of_world = |value: Value| (Method::PUT, "state", value);
    let of_account = |value: Value| of_world(json!({"accounts": [value]}));
    for (pointer, (method, path, body)) in [
        ("/Fault", (Method::POST, "faults", json!({"?": 1}))),
        ("/Outage", (Method::POST, "outage", json!({"?": 1}))),
        ("/Token", (Method::POST, "mint", json!({"?": 1}))),
        ("/Assertion", (Method::POST, "saml/assertion", json!({"?": 1}))),
        ("/ContextAssertion", (Method::POST, "context-assertion", json!({"?": 1}))),
        ("/ClockChange", (Method::PUT, "clock", json!({"?": 1}))),
        ("/Reset", (Method::POST, "reset", json!({"?": 1}))),
        ("/World", of_world(json!({"?": 1}))),
        ("/World/properties/oauth_tokens/items", of_world(json!({"oauth_tokens": nobody}))),
        ("/World/properties/trade_in_tokens/items", of_world(json!({"trade_in_tokens": nobody}))),
        ("/Switches", of_world(json!({"switches": {"?": 1}}))),
        ("/Account", of_account(json!({"?": 1}))),
        ("/OidcProvider", of_account(json!({"oidc_providers": nobody}))),
        (
            "/ContextProvider",
            of_account(json!({"oidc_providers": [{"context_provider": {"?": 1}}]})),
        ),
        (
            "/ContextProvider/properties/key_definitions/items",
            of_account(json!({"oidc_providers": [{"context_provider":
                {"subject_source_key": "sub", "key_definitions": nobody}}]})),
        ),
        ("/Account/properties/saml_providers/items", of_account(json!({"saml_providers": nobody}))),
        ("/User", of_account(json!({"users": nobody}))),
        (
            "/User/properties/mfa_devices/items",
            of_account(json!({"users": [{"mfa_devices": nobody}]})),
        ),
        ("/AccessKey", of_account(json!({"users": [{"access_keys": nobody}]}))),
        ("/Role", of_account(json!({"roles": nobody}))),
        ("/Policy", of_account(json!({"roles": [{"policies": nobody}]}))),
    ] {
        let refusal = side(&sts, method, path, &body.to_string()).await;

        let described = description()["components"]["schemas"].pointer(pointer).unwrap().clone();
        assert_eq!(named(&described), wanted(&refusal), "{pointer}");
        assert_eq!(described["additionalProperties"], false, "{pointer}");
    }
}

#[tokio::test]
async fn the_choices_of_each_switch_are_described_and_taken() {
    let sts = FakeSts::start().await;
    for (switch, choices) in schema("Switches")["properties"].as_object().unwrap() {
        let with = |choice: Value| json!({"accounts": [], "switches": {switch: choice}});
        let wrong = put(&sts, &with(json!("?"))).await;
        if named(choices).is_empty() {
            assert_eq!(choices["type"], "integer", "{switch}");
            let greatest = put(&sts, &with(choices["maximum"].clone())).await;
            assert_eq!(greatest.status, 200, "{switch}");
            let above = choices["maximum"].as_u64().unwrap() + 1;
            assert_eq!(put(&sts, &with(json!(above))).await.status, 400);
        } else {
            assert_eq!(named(choices), wanted(&wrong), "{switch}");
        }
    }
    let world = json!({"accounts": [{"id": "111122223333", "oidc_providers": [{"keys": "?"}]}]});
    let keys = put(&sts, &world).await;
    assert_eq!(named(&schema("OidcProvider")["properties"]["keys"]), wanted(&keys));
}

#[test]
fn a_patch_may_change_whatever_a_world_has() {
    let schemas = description()["components"]["schemas"].clone();
    for (name, patch) in schemas.as_object().unwrap() {
        let Some(whole) = name.strip_suffix("Patch") else { continue };
        assert_eq!(named(patch), named(&schema(whole)), "{name}");
        assert_eq!(patch["additionalProperties"], false, "{name}");
    }
}

#[tokio::test]
async fn what_is_a_patch_by_its_schema_is_taken_and_what_is_none_is_refused() {
    let in_home = |patch: Value| json!({"accounts": {"111122223333": patch}});
    let trust = json!({"Version": "2012-10-17", "Statement": []});
    for (patch, status) in [
        (json!({}), 200),
        (in_home(json!({"roles": {"next": null, "mfa": {"tags": {"team": "blue"}}}})), 200),
        (in_home(json!({"roles": {"mfa": {"tags": {"team": null}}}})), 200),
        (in_home(json!({"roles": {"new": {"trust_policy": trust}}})), 200),
        (in_home(json!({"users": {"alice": {"mfa_devices": {"mfa/alice": null}}}})), 200),
        (in_home(json!({"users": {"bob": {"access_keys": []}}})), 200),
        (in_home(json!({"disabled_regions": {"eu-south-1": true}, "organization": null})), 200),
        (json!({"accounts": {"444455556666": null}, "switches": {"mfa_window": null}}), 200),
        (json!({"accounts": []}), 200),
        (json!({"accounts": null}), 400),
        (json!({"accounts": {"home": {}}}), 400),
        (in_home(json!([])), 400),
        (in_home(json!({"role": {}})), 400),
        (in_home(json!({"users": {"bob": {"path": 1}}})), 400),
        (in_home(json!({"disabled_regions": {"eu-south-1": false}})), 400),
        (json!({"switches": {"mfa_window": "one"}}), 400),
    ] {
        let sts = FakeSts::start().await;
        let answer = side(&sts, Method::PATCH, "state", &patch.to_string()).await;

        assert_eq!(answer.status, status, "{patch}: {}", answer.body);
        let faults = faults(&schema("WorldPatch"), &patch);
        assert_eq!(faults.is_empty(), status == 200, "{patch}: {faults:#?}");
    }
}

#[tokio::test]
async fn a_world_without_accounts_is_refused_rather_than_emptied() {
    let sts = FakeSts::start().await;
    let before = sts.world();
    for slip in [json!({}), json!({"switches": {"regions": "any"}})] {
        let answer = put(&sts, &slip).await;

        assert_eq!(answer.status, 400, "{slip}");
        let wanted = "missing field `accounts`; send a world as GET answers it, such as {\"accounts\": []} for one in which nobody exists; PATCH changes a part";
        assert_eq!(read(&answer)["error"], wanted);
        assert!(!faults(&schema("World"), &slip).is_empty(), "{slip}");
    }
    assert_eq!(sts.world(), before);

    assert_eq!(put(&sts, &json!({"accounts": []})).await.status, 200);
    assert_eq!(sts.world().accounts, []);
}

#[tokio::test]
async fn each_effect_is_described_in_the_form_that_is_taken_and_shown() {
    let sts = FakeSts::start().await;
    let mut shown = BTreeSet::new();
    for effect in EFFECTS {
        let effect = serde_json::from_str::<Value>(effect).unwrap();
        let added = add(&sts, &json!({"effect": effect})).await;
        let id = &read(&added)["id"];
        let state = read(&side(&sts, Method::GET, &format!("faults/{id}"), "").await);

        assert_eq!(faults(&schema("FaultState"), &state), [""; 0]);
        let name = effect
            .as_object()
            .map_or_else(|| effect.as_str(), |one| one.keys().next().map(String::as_str));
        shown.extend(name.map(str::to_owned));
    }

    let wrong = add(&sts, &json!({"effect": "?"})).await;
    assert_eq!(named(&schema("Effect")), wanted(&wrong));
    assert_eq!(named(&schema("Effect")), shown);
}

#[tokio::test]
async fn a_fault_that_is_refused_by_its_form_is_none_by_its_schema() {
    let sts = FakeSts::start().await;
    for fault in [
        json!({}),
        json!({"effect": "hnag"}),
        json!({"effect": {"hang": {}}}),
        json!({"effect": {"error": {"code": "Nope"}}}),
        json!({"effect": {"error": {"code": "Throttling", "status": 500}}}),
        json!({"effect": {"error": {"code": "Throttling"}, "date": {"off_by": 1}}}),
        json!({"effect": {"throttle": {"per_second": 0, "burst": 1}}}),
        json!({"effect": {"throttle": {"per_second": 1, "burst": 0}}}),
        json!({"effect": {"answer": {"status": 600}}}),
        json!({"effect": {"delay": {"by": 86401}}}),
        json!({"effect": {"delay": {"by": -1}}}),
        json!({"effect": {"disconnect": {"how": "reset"}}}),
        json!({"effect": {"disconnect": {"how": "reset", "at": "once"}}}),
        json!({"effect": {"content_length": {"off_by": 0}}}),
        json!({"effect": {"content_length": {"off_by": 1_000_001}}}),
        json!({"effect": {"date": {"off_by": 0}}}),
        json!({"effect": {"date": {"off_by": 315_360_001}}}),
        json!({"effect": {"expired_credentials": {"ago": 315_360_001}}}),
        json!({"effect": "hang", "on": ["AssumeRoel"]}),
        json!({"effect": "hang", "moment": "now"}),
        json!({"effect": "hang", "nth": 0}),
        json!({"effect": "hang", "first": 0}),
        json!({"effect": "hang", "after": -1}),
        json!({"effect": "hang", "every": 0}),
        json!({"effect": "hang", "times": 0}),
        json!({"effect": "hang", "probability": 0}),
        json!({"effect": "hang", "probability": 1.5}),
        json!({"effect": "hang", "for": 0}),
    ] {
        let answer = add(&sts, &fault).await;

        assert_eq!(answer.status, 400, "{fault}");
        assert!(!faults(&schema("Fault"), &fault).is_empty(), "{fault}: {}", answer.body);
    }
}

#[tokio::test]
async fn what_is_null_is_as_what_is_left_out_and_described_so() {
    let sts = FakeSts::start().await;
    let nulls = |name: &str, but: &[&str]| {
        let members = named(&schema(name)).into_iter().filter(|member| !but.contains(&&**member));
        members.map(|member| (member, Value::Null)).collect::<serde_json::Map<_, _>>()
    };
    let effects = [
        json!({"error": {"code": "Throttling", "message": null}}),
        json!({"answer": {"status": 503, "content_type": null, "body": null}}),
        json!({"delay": {"by": 1, "up_to": null}}),
    ];
    for effect in effects {
        let mut fault = Value::Object(nulls("Fault", &["effect"]));
        fault["effect"] = effect;

        let added = add(&sts, &fault).await;

        assert_eq!((added.status, faults(&schema("Fault"), &fault).len()), (201, 0), "{fault}");
    }
    for (name, method, path) in [
        ("Reset", Method::POST, "reset"),
        ("ClockChange", Method::PUT, "clock"),
        ("Token", Method::POST, "mint"),
    ] {
        let wish = Value::Object(nulls(name, &[]));

        let answer = side(&sts, method, path, &wish.to_string()).await;

        assert!((200..300).contains(&answer.status), "{name}: {}", answer.body);
        assert_eq!(faults(&schema(name), &wish), [""; 0]);
    }
}

#[tokio::test]
async fn every_operation_and_error_code_is_described() {
    let codes = ErrorCode::ALL.map(ErrorCode::as_str);
    let refusal = add(&FakeSts::start().await, &json!({"effect": "hang", "on": ["?"]})).await;
    let error = read(&refusal)["error"].as_str().unwrap().to_owned();
    let operations = error.split_once("there are ").unwrap().1.split(", ").collect::<Vec<_>>();

    assert_eq!(schema("ErrorCode")["enum"], json!(codes));
    assert_eq!(schema("Operation")["enum"], json!(operations));
}
