use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::document::PolicyDocument;
use super::explanation::{ConditionReport, Mismatch, diagnose, reports};
use super::principal_pattern::PrincipalMatch;
use super::request::Request;
use super::statement::{Effect, Statement};

/// What one kind of policy says to a request, and why.
///
/// Displays as an explanation for a person who debugs the policy.
#[derive(Clone, Debug)]
pub struct Verdict(Cause);

/// What a policy says, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(
    clippy::exhaustive_enums,
    reason = "policies know these three answers; callers must tell them apart"
)]
pub enum Outcome {
    /// A statement allows it and none denies it.
    Allowed,
    /// A statement denies it; this wins over everything else.
    Denied,
    /// No statement says anything, so it is not allowed.
    NotAllowed,
}

/// A statement of a policy, as an explanation names it.
#[derive(Clone)]
pub struct StatementRef {
    policy: Option<Arc<str>>,
    document: PolicyDocument,
    index: usize,
}

/// The allowing statement that missed the request by the least.
#[derive(Clone, Debug)]
pub struct Closest {
    statement: StatementRef,
    mismatches: Vec<Mismatch>,
}

#[derive(Clone, Debug)]
enum Cause {
    Allowed {
        statement: StatementRef,
        principal: Option<PrincipalMatch>,
    },
    Denied {
        statement: StatementRef,
        principal: Option<PrincipalMatch>,
        conditions: Vec<ConditionReport>,
    },
    NotAllowed {
        closest: Option<Closest>,
    },
}

impl Verdict {
    pub(super) fn allowed(statement: StatementRef, principal: Option<PrincipalMatch>) -> Self {
        Self(Cause::Allowed { statement, principal })
    }

    pub(super) fn denied(
        statement: StatementRef,
        principal: Option<PrincipalMatch>,
        request: &Request<'_>,
    ) -> Self {
        let conditions = statement
            .get()
            .map(|statement| reports(statement, request.context))
            .unwrap_or_default();
        Self(Cause::Denied { statement, principal, conditions })
    }

    pub(super) fn not_allowed(closest: Option<Closest>) -> Self {
        Self(Cause::NotAllowed { closest })
    }

    /// The answer in one word.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self.0 {
            Cause::Allowed { .. } => Outcome::Allowed,
            Cause::Denied { .. } => Outcome::Denied,
            Cause::NotAllowed { .. } => Outcome::NotAllowed,
        }
    }

    /// The statement that allowed or denied.
    #[must_use]
    pub fn statement(&self) -> Option<&StatementRef> {
        match &self.0 {
            Cause::Allowed { statement, .. } | Cause::Denied { statement, .. } => Some(statement),
            Cause::NotAllowed { .. } => None,
        }
    }

    /// By what the deciding statement took in the caller; `None` where statements name no principals, as in identity-based policies.
    #[must_use]
    pub fn principal_match(&self) -> Option<PrincipalMatch> {
        match &self.0 {
            Cause::Allowed { principal, .. } | Cause::Denied { principal, .. } => *principal,
            Cause::NotAllowed { .. } => None,
        }
    }

    /// The conditions of the statement that denied, which all held.
    #[must_use]
    pub fn conditions(&self) -> &[ConditionReport] {
        match &self.0 {
            Cause::Denied { conditions, .. } => conditions,
            Cause::Allowed { .. } | Cause::NotAllowed { .. } => &[],
        }
    }

    /// When nothing allowed: the statement that came closest. `None` when no statement allows anything.
    #[must_use]
    pub fn closest(&self) -> Option<&Closest> {
        match &self.0 {
            Cause::NotAllowed { closest } => closest.as_ref(),
            Cause::Allowed { .. } | Cause::Denied { .. } => None,
        }
    }
}

impl Closest {
    pub(super) fn new(statement: StatementRef, request: &Request<'_>) -> Self {
        let mismatches = statement.get().map(|found| diagnose(found, request)).unwrap_or_default();
        Self { statement, mismatches }
    }

    /// The statement.
    #[must_use]
    pub fn statement(&self) -> &StatementRef {
        &self.statement
    }

    /// Everything that kept it from applying.
    #[must_use]
    pub fn mismatches(&self) -> &[Mismatch] {
        &self.mismatches
    }
}

impl StatementRef {
    pub(super) fn new(policy: Option<&Arc<str>>, document: &PolicyDocument, index: usize) -> Self {
        Self { policy: policy.cloned(), document: document.clone(), index }
    }

    /// The name of the policy; `None` for a trust policy.
    #[must_use]
    pub fn policy(&self) -> Option<&str> {
        self.policy.as_deref()
    }

    /// The statement's id, if it has one.
    #[must_use]
    pub fn sid(&self) -> Option<&str> {
        self.get().and_then(|statement| statement.sid.as_deref()).filter(|sid| !sid.is_empty())
    }

    /// The statement's place in the policy, counted from 0.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    pub(super) fn get(&self) -> Option<&Statement> {
        self.document.statements().get(self.index)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = |principal: &Option<PrincipalMatch>| {
            principal.map(|by| format!(", which takes in the caller by {by}")).unwrap_or_default()
        };
        match &self.0 {
            Cause::Allowed { statement, principal } => {
                write!(f, "allowed by {statement}{}", by(principal))
            }
            Cause::Denied { statement, principal, conditions } => {
                write!(f, "explicitly denied by {statement}{}", by(principal))?;
                conditions
                    .iter()
                    .try_for_each(|condition| write!(f, "\n  condition held: {condition}"))
            }
            Cause::NotAllowed { closest: None } => {
                f.write_str("not allowed: no statement allows anything")
            }
            Cause::NotAllowed { closest: Some(closest) } => {
                write!(
                    f,
                    "not allowed: no statement applies; the closest is {}",
                    closest.statement
                )?;
                closest.mismatches.iter().try_for_each(|mismatch| write!(f, "\n  {mismatch}"))
            }
        }
    }
}

impl fmt::Display for StatementRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sid() {
            Some(sid) => write!(f, "statement {sid:?}")?,
            None => write!(f, "statement {}", self.index + 1)?,
        }
        let count = self.document.statements().len();
        if count > 1 && self.sid().is_none() {
            write!(f, " of {count}")?;
        }
        let effect = match self.get().map(|statement| statement.effect) {
            Some(Effect::Deny) => "Deny",
            Some(Effect::Allow) | None => "Allow",
        };
        match self.policy() {
            Some(policy) => write!(f, " ({effect}) of policy {policy:?}"),
            None => write!(f, " ({effect}) of the trust policy"),
        }
    }
}

impl fmt::Debug for StatementRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StatementRef({self})")
    }
}
