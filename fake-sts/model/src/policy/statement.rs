use super::condition::Condition;
use super::context::Context;
use super::error::{PolicyError, PolicyProblem};
use super::kind::PolicyKind;
use super::principal_pattern::{PrincipalElement, PrincipalMatch};
use super::request::Request;
use super::template::Template;
use super::wildcard::Case;

/// One statement, in the form that is evaluated.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) sid: Option<Box<str>>,
    pub(super) effect: Effect,
    /// `None` where the statement names none, as in identity policies.
    pub(super) principals: Option<PrincipalElement>,
    pub(super) actions: PatternElement,
    /// `None` where the statement names none, as in trust policies.
    pub(super) resources: Option<PatternElement>,
    pub(super) conditions: Box<[Condition]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Allow,
    Deny,
}

/// `Action`, `NotAction`, `Resource` or `NotResource`.
#[derive(Clone, Debug)]
pub(super) struct PatternElement {
    pub(super) negated: bool,
    pub(super) patterns: Box<[Pattern]>,
}

#[derive(Clone, Debug)]
pub(super) struct Pattern {
    pub(super) text: Box<str>,
    pub(super) template: Template,
}

impl Statement {
    /// Whether the statement applies, and if it names principals, by which of them. Checks the cheapest part first.
    pub(super) fn applies(&self, request: &Request<'_>) -> Option<Option<PrincipalMatch>> {
        if !self.actions.matches(request.action, Case::Ignored, request.context) {
            return None;
        }
        let principal = match &self.principals {
            Some(element) => Some(element.matches(request.principal, self.effect)?),
            None => None,
        };
        let resource = self.resources.as_ref().is_none_or(|element| {
            element.matches(request.resource, Case::Sensitive, request.context)
        });
        (resource && self.conditions.iter().all(|condition| condition.holds(request.context)))
            .then_some(principal)
    }
}

impl PatternElement {
    pub(super) fn matches(&self, text: &str, case: Case, context: &Context) -> bool {
        self.negated
            != self.patterns.iter().any(|pattern| pattern.template.matches(text, case, context))
    }
}

/// The rules of one kind of policy.
pub(super) fn check_statement(statement: &Statement, kind: PolicyKind) -> Result<(), PolicyError> {
    match kind {
        PolicyKind::Trust => check_trust(statement)?,
        PolicyKind::ResourceControl => check_resource_control(statement)?,
        PolicyKind::Identity => check_identity(statement, "an identity-based policy")?,
        // STS does not look at the values of its conditions.
        PolicyKind::Session => return check_identity(statement, "a session policy"),
    }
    let check = |condition: &Condition| condition.check().map_err(|error| error.under("Condition"));
    statement.conditions.iter().try_for_each(check)
}

fn check_trust(statement: &Statement) -> Result<(), PolicyError> {
    if statement.principals.is_none() {
        return Err(PolicyProblem::MissingElement { name: "Principal" }.into());
    }
    if let Some(resources) = &statement.resources {
        let problem = PolicyProblem::Forbidden {
            policy: "a trust policy, whose resource is the role it stands on",
        };
        return Err(PolicyError::new(problem).under(if resources.negated {
            "NotResource"
        } else {
            "Resource"
        }));
    }
    let foreign = |text: &str| {
        text != "*" && !text.get(..4).is_some_and(|service| service.eq_ignore_ascii_case("sts:"))
    };
    match statement.actions.patterns.iter().find(|pattern| foreign(&pattern.text)) {
        Some(pattern) => {
            let problem = PolicyProblem::ForeignAction { action: pattern.text.as_ref().to_owned() };
            Err(PolicyError::new(problem).under(if statement.actions.negated {
                "NotAction"
            } else {
                "Action"
            }))
        }
        None => Ok(()),
    }
}

/// See [the syntax](https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html).
fn check_resource_control(statement: &Statement) -> Result<(), PolicyError> {
    let is_everybody = statement.principals.as_ref().is_some_and(PrincipalElement::is_everybody);
    if !is_everybody {
        let problem = PolicyProblem::WrongType { wanted: "\"*\" in a resource control policy" };
        return Err(PolicyError::new(problem).under("Principal"));
    }
    if statement.effect != Effect::Deny {
        let problem = PolicyProblem::WrongType { wanted: "Deny in a resource control policy" };
        return Err(PolicyError::new(problem).under("Effect"));
    }
    let everybody = Statement { principals: None, ..statement.clone() };
    check_identity(&everybody, "a resource control policy")
}

fn check_identity(statement: &Statement, policy: &'static str) -> Result<(), PolicyError> {
    if let Some(principals) = &statement.principals {
        let element = if principals.negated { "NotPrincipal" } else { "Principal" };
        return Err(PolicyError::new(PolicyProblem::Forbidden { policy }).under(element));
    }
    let Some(resources) = &statement.resources else {
        return Err(PolicyProblem::MissingElement { name: "Resource" }.into());
    };
    let resource = |text: &str| text.starts_with("arn:") || text.starts_with(['*', '$']);
    if let Some(pattern) = resources.patterns.iter().find(|pattern| !resource(&pattern.text)) {
        let problem = PolicyProblem::InvalidResource { resource: pattern.text.as_ref().to_owned() };
        return Err(PolicyError::new(problem).under(if resources.negated {
            "NotResource"
        } else {
            "Resource"
        }));
    }
    match statement.sid.as_deref() {
        Some(sid) if !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            Err(PolicyError::new(PolicyProblem::InvalidSid { sid: sid.to_owned() }).under("Sid"))
        }
        _ => Ok(()),
    }
}
