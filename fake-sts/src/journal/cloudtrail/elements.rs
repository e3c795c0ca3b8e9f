use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::account_of;
use crate::action::Operation;
use crate::journal::Call;
use crate::journal::secrets::{is_secret, is_secret_member};
use crate::wire::{Answer, Value};

/// Parameters that are numbers.
const NUMBERS: [&str; 2] = ["DurationSeconds", "MinimumSessionTokenSize"];

/// The element `requestParameters`: names begin in lower case, lists are lists, secrets are left out.
pub(super) fn of_request(call: &Call) -> Json {
    let mut parameters = Map::new();
    let mut lists = BTreeMap::<String, BTreeMap<u32, Json>>::new();
    for (name, value) in call.parameters.iter().filter(|(name, _)| !is_secret(name)) {
        match name.split('.').collect::<Vec<_>>()[..] {
            [name] => {
                parameters.insert(camel(name), scalar(name, value));
            }
            [structure, field] => {
                let inner = parameters.entry(camel(structure)).or_insert_with(|| json!({}));
                if let Some(inner) = inner.as_object_mut() {
                    inner.insert(camel(field), value.as_str().into());
                }
            }
            [list, "member", index, ref field @ ..] => {
                let Ok(index) = index.parse() else { continue };
                let members = lists.entry(camel(list)).or_default();
                match *field {
                    [field] => {
                        let member = members.entry(index).or_insert_with(|| json!({}));
                        if let Some(member) = member.as_object_mut() {
                            member.insert(camel(field), value.as_str().into());
                        }
                    }
                    _ => {
                        members.insert(index, value.as_str().into());
                    }
                }
            }
            _ => {}
        }
    }
    let lists = lists.into_iter().map(|(name, list)| (name, list.into_values().collect()));
    parameters.extend(lists);
    parameters.extend(claimed(call));
    if let Some(tags) = incoming_transitive_tags(call) {
        parameters.insert("incomingTransitiveTags".to_owned(), tags);
    }
    if parameters.is_empty() { Json::Null } else { parameters.into() }
}

/// The element `responseElements`: nothing for errors, and for operations that only tell something.
pub(super) fn of_answer(call: &Call, operation: Operation) -> Json {
    let tells = matches!(
        operation,
        Operation::GetCallerIdentity
            | Operation::GetAccessKeyInfo
            | Operation::DecodeAuthorizationMessage
    );
    match call.ended_at_sts().1 {
        Some(answer) if !tells => structure(answer),
        _ => Json::Null,
    }
}

/// The element `resources`: the role, and the SAML provider if there is one.
pub(super) fn resources(call: &Call) -> Option<Json> {
    let resources = [("RoleArn", "AWS::IAM::Role"), ("PrincipalArn", "AWS::IAM::SAMLProvider")];
    let resources = resources.into_iter().filter_map(|(parameter, kind)| {
        let arn = call.parameter(parameter)?;
        Some(json!({ "ARN": arn, "accountId": account_of(arn)?, "type": kind }))
    });
    let resources = resources.collect::<Vec<_>>();
    (!resources.is_empty()).then(|| resources.into())
}

/// A member of an answer that is text.
pub(super) fn text<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.members().iter().find_map(|(member, value)| match value {
        Value::Text(text) if *member == name => Some(text.as_str()),
        _ => None,
    })
}

/// What CloudTrail reads out of a token or an assertion, among the parameters.
///
/// See [the example with SAML](https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html#cloudtrail-integration_examples-sts-saml).
fn claimed(call: &Call) -> Map<String, Json> {
    let mut parameters = Map::new();
    let Some(claimed) = &call.claimed else { return parameters };
    parameters.insert("roleSessionName".to_owned(), claimed.session_name.as_str().into());
    if let Some(source_identity) = &claimed.source_identity {
        parameters.insert("sourceIdentity".to_owned(), source_identity.as_str().into());
    }
    let tags = claimed.tags.iter().map(|(key, value)| (key.clone(), value.as_str().into()));
    let tags = tags.collect::<Map<_, Json>>();
    if !tags.is_empty() {
        parameters.insert("principalTags".to_owned(), tags.into());
    }
    if !claimed.transitive_tag_keys.is_empty() {
        let keys = claimed.transitive_tag_keys.clone();
        parameters.insert("transitiveTagKeys".to_owned(), keys.into());
    }
    parameters
}

fn incoming_transitive_tags(call: &Call) -> Option<Json> {
    if call.operation != Operation::AssumeRole.as_str() {
        return None;
    }
    let session = call.identity.as_ref()?.0.session.as_ref()?;
    let transitive = |key: &String| session.transitive_tag_keys.contains(key);
    let tags = session.tags.iter().filter(|(key, _)| transitive(key));
    let tags = tags.map(|(key, value)| (key.clone(), value.as_str().into())).collect::<Map<_, _>>();
    (!tags.is_empty()).then(|| tags.into())
}

fn structure(answer: &Answer) -> Json {
    let members = answer.members().iter().filter(|(name, _)| !is_secret_member(name));
    members.map(|(name, value)| (camel(name), member(value))).collect::<Map<_, _>>().into()
}

fn member(value: &Value) -> Json {
    match value {
        Value::Text(text) => text.as_str().into(),
        Value::Number(number) => (*number).into(),
        // Such as `Jul 18, 2014 4:07:39 PM`.
        Value::Time(time) | Value::PreciseTime(time) => {
            time.strftime("%b %-d, %Y %-I:%M:%S %p").to_string().into()
        }
        Value::Structure(inner) => structure(inner),
        Value::Map(entries) => map(entries),
    }
}

fn map(entries: &[(String, String)]) -> Json {
    let entries = entries.iter().map(|(key, text)| (key.clone(), text.as_str().into()));
    entries.collect::<Map<_, _>>().into()
}

fn scalar(name: &str, value: &str) -> Json {
    match value.parse::<i64>() {
        Ok(number) if NUMBERS.contains(&name) => number.into(),
        _ => value.into(),
    }
}

fn camel(name: &str) -> String {
    let mut chars = name.chars();
    match chars.next() {
        Some(first) => first.to_ascii_lowercase().to_string() + chars.as_str(),
        None => String::new(),
    }
}
