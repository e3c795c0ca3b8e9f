use std::fmt;

use serde::Serialize;

use super::condition::Condition;
use super::context::Context;
use super::hint::{action_hint, condition_hint, principal_hint};
use super::request::Request;
use super::statement::{PatternElement, Statement};
use super::wildcard::Case;

/// One condition of a statement beside what the request had to offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ConditionReport {
    /// The operator as the policy writes it, such as `StringEqualsIfExists`.
    pub operator: String,
    /// The condition key as the policy writes it.
    pub key: String,
    /// The values the policy lists.
    pub wanted: Vec<String>,
    /// The values of the request; `None` when the key is absent.
    pub actual: Option<Vec<String>>,
    /// What is probably behind a failure, where there is a usual suspect.
    pub hint: Option<String>,
}

/// One part of a statement that kept it from applying.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Mismatch {
    /// The action is not among those of `Action`, or is among those of `NotAction`.
    #[non_exhaustive]
    Action {
        /// `Action` or `NotAction`.
        element: &'static str,
        /// What the policy lists.
        wanted: Vec<String>,
        /// What was asked for.
        actual: String,
        /// What is probably behind it, where there is a usual suspect.
        hint: Option<String>,
    },
    /// The caller is not among those of `Principal`, or is among those of `NotPrincipal`.
    #[non_exhaustive]
    Principal {
        /// `Principal` or `NotPrincipal`.
        element: &'static str,
        /// What the policy lists.
        wanted: Vec<String>,
        /// Who called.
        actual: String,
        /// What is probably behind it, where there is a usual suspect.
        hint: Option<String>,
    },
    /// The resource is not among those of `Resource`, or is among those of `NotResource`.
    #[non_exhaustive]
    Resource {
        /// `Resource` or `NotResource`.
        element: &'static str,
        /// What the policy lists.
        wanted: Vec<String>,
        /// What was asked for.
        actual: String,
    },
    /// A condition failed.
    Condition(ConditionReport),
}

/// Everything that kept a statement from applying.
pub(super) fn diagnose(statement: &Statement, request: &Request<'_>) -> Vec<Mismatch> {
    let mut mismatches = Vec::new();
    if !statement.actions.matches(request.action, Case::Ignored, request.context) {
        mismatches.push(Mismatch::Action {
            element: if statement.actions.negated { "NotAction" } else { "Action" },
            wanted: texts(&statement.actions),
            actual: request.action.to_owned(),
            hint: action_hint(request.action),
        });
    }
    if let Some(principals) = statement
        .principals
        .as_ref()
        .filter(|principals| principals.matches(request.principal, statement.effect).is_none())
    {
        let wanted = principals
            .patterns
            .iter()
            .map(|pattern| pattern.text.as_ref().to_owned())
            .collect::<Vec<_>>();
        mismatches.push(Mismatch::Principal {
            element: if principals.negated { "NotPrincipal" } else { "Principal" },
            hint: if principals.negated {
                None
            } else {
                principal_hint(&wanted, request.principal)
            },
            wanted,
            actual: request.principal.to_string(),
        });
    }
    if let Some(resources) = statement
        .resources
        .as_ref()
        .filter(|resources| !resources.matches(request.resource, Case::Sensitive, request.context))
    {
        mismatches.push(Mismatch::Resource {
            element: if resources.negated { "NotResource" } else { "Resource" },
            wanted: texts(resources),
            actual: request.resource.to_owned(),
        });
    }
    let failed = statement.conditions.iter().filter(|condition| !condition.holds(request.context));
    mismatches.extend(failed.map(|condition| Mismatch::Condition(failure(condition, request))));
    mismatches
}

/// All conditions of a statement that applies.
pub(super) fn reports(statement: &Statement, context: &Context) -> Vec<ConditionReport> {
    statement.conditions.iter().map(|condition| report(condition, context)).collect()
}

impl Statement {
    /// How far the statement is from applying: by action first, then by caller, by resource and by the number of conditions.
    pub(super) fn distance(&self, request: &Request<'_>) -> (bool, bool, bool, usize) {
        (
            !self.actions.matches(request.action, Case::Ignored, request.context),
            self.principals.as_ref().is_some_and(|principals| {
                principals.matches(request.principal, self.effect).is_none()
            }),
            self.resources.as_ref().is_some_and(|resources| {
                !resources.matches(request.resource, Case::Sensitive, request.context)
            }),
            self.conditions.iter().filter(|condition| !condition.holds(request.context)).count(),
        )
    }
}

impl fmt::Display for ConditionReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} wants {}, ", self.operator, self.key, list(&self.wanted))?;
        match &self.actual {
            Some(actual) => write!(f, "the request has {}", list(actual))?,
            None => f.write_str("the request has no such key")?,
        }
        hinted(f, self.hint.as_deref())
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Action { element, wanted, actual, hint } => {
                write!(
                    f,
                    "action does not match: {element} is {}, the request is for {actual}",
                    list(wanted)
                )?;
                hinted(f, hint.as_deref())
            }
            Self::Principal { element, wanted, actual, hint } => {
                write!(
                    f,
                    "principal does not match: {element} is {}, the caller is {actual}",
                    list(wanted)
                )?;
                hinted(f, hint.as_deref())
            }
            Self::Resource { element, wanted, actual } => {
                write!(
                    f,
                    "resource does not match: {element} is {}, the request is for {actual}",
                    list(wanted)
                )
            }
            Self::Condition(report) => write!(f, "condition failed: {report}"),
        }
    }
}

/// The report of a condition that failed, with the usual suspect behind it.
fn failure(condition: &Condition, request: &Request<'_>) -> ConditionReport {
    ConditionReport {
        hint: condition_hint(condition, request.action, request.context),
        ..report(condition, request.context)
    }
}

fn report(condition: &Condition, context: &Context) -> ConditionReport {
    ConditionReport {
        operator: condition.operator.to_string(),
        key: condition.key.as_ref().to_owned(),
        wanted: condition.wanted.iter().map(|value| value.as_ref().to_owned()).collect(),
        actual: context.get(&condition.lookup).map(<[String]>::to_vec),
        hint: None,
    }
}

fn texts(element: &PatternElement) -> Vec<String> {
    element.patterns.iter().map(|pattern| pattern.text.as_ref().to_owned()).collect()
}

fn hinted(f: &mut fmt::Formatter<'_>, hint: Option<&str>) -> fmt::Result {
    hint.map_or(Ok(()), |hint| write!(f, "\n    hint: {hint}"))
}

fn list(values: &[String]) -> String {
    match values {
        [] => "nothing".to_owned(),
        [only] => format!("{only:?}"),
        several => format!("one of {several:?}"),
    }
}
