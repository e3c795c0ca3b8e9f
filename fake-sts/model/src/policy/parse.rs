use std::str::FromStr;

use serde_json::{Map, Value};

use super::condition::Condition;
use super::context::lower;
use super::document::PolicyDocument;
use super::error::{PolicyError, PolicyProblem};
use super::operator::Operator;
use super::principal_pattern::{PrincipalElement, PrincipalPattern};
use super::statement::{Effect, Pattern, PatternElement, Statement};
use super::template::{Template, Wildcards};
use super::version::Version;

impl FromStr for PolicyDocument {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, PolicyError> {
        document(text)
    }
}

impl TryFrom<&Value> for PolicyDocument {
    type Error = PolicyError;

    fn try_from(value: &Value) -> Result<Self, PolicyError> {
        document_value(value, &value.to_string())
    }
}

fn document(text: &str) -> Result<PolicyDocument, PolicyError> {
    let value = serde_json::from_str::<Value>(text).map_err(|error| {
        PolicyError::new(PolicyProblem::NotJson { line: error.line(), column: error.column() })
    })?;
    document_value(&value, text)
}

fn document_value(value: &Value, source: &str) -> Result<PolicyDocument, PolicyError> {
    let document = object(value)?;
    known_elements(document, &["Version", "Id", "Statement"])?;
    let version = document.get("Version").map_or(Ok(Version::V2008), version)?;
    if let Some(id) = document.get("Id") {
        string(id).map_err(|error| error.under("Id"))?;
    }
    let mut statements = Vec::new();
    match document.get("Statement") {
        Some(Value::Array(list)) => {
            for (index, value) in list.iter().enumerate() {
                statements.push(
                    statement(value, version, &statements)
                        .map_err(|error| error.under(format_args!("Statement[{index}]")))?,
                );
            }
        }
        Some(only) => statements
            .push(statement(only, version, &[]).map_err(|error| error.under("Statement"))?),
        None => return Err(PolicyProblem::MissingElement { name: "Statement" }.into()),
    }
    Ok(PolicyDocument::new(source, statements))
}

fn version(value: &Value) -> Result<Version, PolicyError> {
    match value {
        Value::String(text) if text == "2012-10-17" => Ok(Version::V2012),
        Value::String(text) if text == "2008-10-17" => Ok(Version::V2008),
        Value::String(text) => Err(PolicyProblem::UnknownVersion { version: text.clone() }.into()),
        _ => Err(PolicyProblem::WrongType { wanted: "a string" }.into()),
    }
    .map_err(|error: PolicyError| error.under("Version"))
}

fn statement(
    value: &Value,
    version: Version,
    earlier: &[Statement],
) -> Result<Statement, PolicyError> {
    let elements = object(value)?;
    known_elements(
        elements,
        &[
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
        ],
    )?;
    let sid = elements
        .get("Sid")
        .map(|value| sid(value, earlier).map_err(|error| error.under("Sid")))
        .transpose()?;
    let effect = elements.get("Effect").ok_or_else(|| missing("Effect"))?;
    let principals = one_of(elements, "Principal", "NotPrincipal")?
        .map(|(name, value)| {
            principals(value, name == "NotPrincipal").map_err(|error| error.under(name))
        })
        .transpose()?;
    let (name, value) =
        one_of(elements, "Action", "NotAction")?.ok_or_else(|| missing("Action"))?;
    let actions = patterns(value, name == "NotAction", version, check_action)
        .map_err(|error| error.under(name))?;
    let resources = one_of(elements, "Resource", "NotResource")?
        .map(|(name, value)| {
            patterns(value, name == "NotResource", version, |_| Ok(()))
                .map_err(|error| error.under(name))
        })
        .transpose()?;
    let conditions = match elements.get("Condition") {
        Some(value) => conditions(value, version).map_err(|error| error.under("Condition"))?,
        None => Box::default(),
    };
    Ok(Statement {
        sid,
        effect: parse_effect(effect).map_err(|error| error.under("Effect"))?,
        principals,
        actions,
        resources,
        conditions,
    })
}

fn sid(value: &Value, earlier: &[Statement]) -> Result<Box<str>, PolicyError> {
    let sid = string(value)?;
    // IAM takes the empty id for none.
    if !sid.is_empty() && earlier.iter().any(|statement| statement.sid.as_deref() == Some(sid)) {
        return Err(PolicyProblem::DuplicateSid { sid: sid.to_owned() }.into());
    }
    Ok(sid.into())
}

fn parse_effect(value: &Value) -> Result<Effect, PolicyError> {
    match string(value)? {
        "Allow" => Ok(Effect::Allow),
        "Deny" => Ok(Effect::Deny),
        other => Err(PolicyProblem::UnknownEffect { effect: other.to_owned() }.into()),
    }
}

fn principals(value: &Value, negated: bool) -> Result<PrincipalElement, PolicyError> {
    let patterns = match value {
        Value::String(text) if text == "*" => vec![PrincipalPattern::anyone()],
        Value::Object(kinds) => {
            let mut patterns = Vec::new();
            for (kind, values) in kinds {
                for value in strings(values).map_err(|error| error.under(kind))? {
                    patterns.push(PrincipalPattern::parse(kind, value)?);
                }
            }
            patterns
        }
        _ => {
            return Err(PolicyProblem::WrongType {
                wanted: "\"*\" or an object such as {\"AWS\": \"111122223333\"}",
            }
            .into());
        }
    };
    if patterns.is_empty() {
        return Err(PolicyProblem::WrongType {
            wanted: "an object that names at least one principal",
        }
        .into());
    }
    Ok(PrincipalElement { negated, patterns: patterns.into() })
}

fn patterns(
    value: &Value,
    negated: bool,
    version: Version,
    check: impl Fn(&str) -> Result<(), PolicyProblem>,
) -> Result<PatternElement, PolicyError> {
    let mut patterns = Vec::new();
    for text in strings(value)? {
        check(text)?;
        patterns.push(Pattern {
            text: text.into(),
            template: Template::parse(text, Wildcards::Match, version),
        });
    }
    if patterns.is_empty() {
        return Err(
            PolicyProblem::WrongType { wanted: "a string or a list with at least one" }.into()
        );
    }
    Ok(PatternElement { negated, patterns: patterns.into() })
}

fn check_action(action: &str) -> Result<(), PolicyProblem> {
    let named = action
        .split_once(':')
        .is_some_and(|(service, name)| !service.is_empty() && !name.is_empty());
    if named || action == "*" {
        Ok(())
    } else {
        Err(PolicyProblem::InvalidAction { action: action.to_owned() })
    }
}

fn conditions(value: &Value, version: Version) -> Result<Box<[Condition]>, PolicyError> {
    let mut conditions = Vec::new();
    for (name, keys) in object(value)? {
        let operator =
            Operator::parse(name).map_err(|problem| PolicyError::new(problem).under(name))?;
        for (key, values) in object(keys).map_err(|error| error.under(name))? {
            let condition = condition(operator, key, values, version);
            conditions.push(condition.map_err(|error| error.under(key).under(name))?);
        }
    }
    Ok(conditions.into())
}

fn condition(
    operator: Operator,
    key: &str,
    values: &Value,
    version: Version,
) -> Result<Condition, PolicyError> {
    let wanted = match values {
        Value::Array(list) => list.iter().map(scalar).collect::<Result<Vec<_>, _>>()?,
        only => vec![scalar(only)?],
    };
    let operands = wanted
        .iter()
        .map(|value| operator.operand(value, version))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Condition {
        operator,
        key: key.into(),
        lookup: lower(key).into(),
        wanted: wanted.into(),
        operands: operands.into(),
    })
}

fn scalar(value: &Value) -> Result<Box<str>, PolicyError> {
    match value {
        Value::String(text) => Ok(text.as_str().into()),
        Value::Number(number) => Ok(number.to_string().into()),
        Value::Bool(flag) => Ok(if *flag { "true" } else { "false" }.into()),
        _ => Err(PolicyProblem::WrongType {
            wanted: "a string, a number, true, false, or a list of them",
        }
        .into()),
    }
}

/// The one of two elements that stands in the object.
fn one_of<'a>(
    elements: &'a Map<String, Value>,
    first: &'static str,
    second: &'static str,
) -> Result<Option<(&'static str, &'a Value)>, PolicyError> {
    match (elements.get(first), elements.get(second)) {
        (Some(_), Some(_)) => Err(PolicyProblem::Both { first, second }.into()),
        (Some(value), None) => Ok(Some((first, value))),
        (None, Some(value)) => Ok(Some((second, value))),
        (None, None) => Ok(None),
    }
}

fn known_elements(
    elements: &Map<String, Value>,
    known: &[&'static str],
) -> Result<(), PolicyError> {
    match elements.keys().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => {
            let known = known.iter().find(|known| known.eq_ignore_ascii_case(name)).copied();
            Err(PolicyProblem::UnknownElement { name: name.clone(), known }.into())
        }
    }
}

fn missing(name: &'static str) -> PolicyError {
    PolicyProblem::MissingElement { name }.into()
}

fn object(value: &Value) -> Result<&Map<String, Value>, PolicyError> {
    value.as_object().ok_or_else(|| PolicyProblem::WrongType { wanted: "an object" }.into())
}

fn string(value: &Value) -> Result<&str, PolicyError> {
    value.as_str().ok_or_else(|| PolicyProblem::WrongType { wanted: "a string" }.into())
}

fn strings(value: &Value) -> Result<Vec<&str>, PolicyError> {
    match value {
        Value::Array(list) => list.iter().map(string).collect(),
        only => string(only).map(|text| vec![text]),
    }
    .map_err(|_: PolicyError| {
        PolicyProblem::WrongType { wanted: "a string or a list of strings" }.into()
    })
}
