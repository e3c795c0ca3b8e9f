use std::fmt;

use thiserror::Error;

/// A policy document that cannot be used: where it is wrong, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError {
    path: String,
    problem: PolicyProblem,
}

/// What is wrong at one place of a policy document.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyProblem {
    /// The text is no JSON.
    #[error("not JSON (line {line}, column {column}); a policy is one JSON object")]
    #[non_exhaustive]
    NotJson {
        /// Line of the first character that is wrong, counted from 1.
        line: usize,
        /// Its column, counted from 1.
        column: usize,
    },
    /// A JSON value of another type is wanted.
    #[error("must be {wanted}")]
    #[non_exhaustive]
    WrongType {
        /// The type wanted, with its article.
        wanted: &'static str,
    },
    /// An element the policy language does not know.
    #[error("unknown element `{name}`{}", suggestion(*.known))]
    #[non_exhaustive]
    UnknownElement {
        /// The element.
        name: String,
        /// The element that was probably meant.
        known: Option<&'static str>,
    },
    /// A required element is not there.
    #[error("misses `{name}`")]
    #[non_exhaustive]
    MissingElement {
        /// The element.
        name: &'static str,
    },
    /// Two elements that exclude each other.
    #[error("has both `{first}` and `{second}`; only one of them may stand in a statement")]
    #[non_exhaustive]
    Both {
        /// The one.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
    /// A version other than the two that exist.
    #[error("`{version}` is no version; write 2012-10-17")]
    #[non_exhaustive]
    UnknownVersion {
        /// What was written.
        version: String,
    },
    /// An effect other than the two that exist; they are case-sensitive.
    #[error("`{effect}` is no effect; write Allow or Deny")]
    #[non_exhaustive]
    UnknownEffect {
        /// What was written.
        effect: String,
    },
    /// An action without its service.
    #[error("`{action}` is no action; write service:Action, such as sts:AssumeRole, or *")]
    #[non_exhaustive]
    InvalidAction {
        /// What was written.
        action: String,
    },
    /// A trust policy names an action of another service.
    #[error("`{action}` means nothing in a trust policy, which may only name actions of sts")]
    #[non_exhaustive]
    ForeignAction {
        /// What was written.
        action: String,
    },
    /// A resource that is no ARN.
    #[error("`{resource}` is no resource; write an ARN or *")]
    #[non_exhaustive]
    InvalidResource {
        /// What was written.
        resource: String,
    },
    /// A principal that IAM does not accept. Displays as IAM's own message.
    #[error("Invalid principal in policy: \"{kind}\":\"{value}\"")]
    #[non_exhaustive]
    InvalidPrincipal {
        /// The kind, such as `AWS`.
        kind: String,
        /// What was written.
        value: String,
    },
    /// An element that this kind of policy must not have.
    #[error("must not stand in {policy}")]
    #[non_exhaustive]
    Forbidden {
        /// The kind of policy, with its article.
        policy: &'static str,
    },
    /// A statement id with other characters than letters and digits.
    #[error("`{sid}` is no statement id; only letters and digits may stand in it")]
    #[non_exhaustive]
    InvalidSid {
        /// What was written.
        sid: String,
    },
    /// A statement id that another statement has already.
    #[error("`{sid}` is the id of an earlier statement too; ids are unique within a policy")]
    #[non_exhaustive]
    DuplicateSid {
        /// What was written.
        sid: String,
    },
    /// A condition operator that does not exist.
    #[error("unknown condition operator{}", suggestion(*.known))]
    #[non_exhaustive]
    UnknownOperator {
        /// The operator that was probably meant.
        known: Option<&'static str>,
    },
    /// A value that the condition operator cannot compare with.
    #[error("`{value}` is not {wanted}")]
    #[non_exhaustive]
    InvalidOperand {
        /// What was written.
        value: String,
        /// What the operator wants, with its article.
        wanted: &'static str,
    },
}

/// A principal that a trust policy names and that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Invalid principal in policy: \"AWS\":\"{arn}\"")]
#[non_exhaustive]
pub struct UnknownPrincipal {
    /// The ARN of the user or role.
    pub arn: String,
}

impl PolicyError {
    pub(super) fn new(problem: PolicyProblem) -> Self {
        Self { path: String::new(), problem }
    }

    /// The same error, seen from one element further out.
    pub(super) fn under(mut self, element: impl fmt::Display) -> Self {
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{element}{dot}{}", self.path);
        self
    }

    /// Where in the document, such as `Statement[1].Condition.StringEquals`; empty for the document as a whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there.
    #[must_use]
    pub fn problem(&self) -> &PolicyProblem {
        &self.problem
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return write!(f, "policy document: {}", self.problem);
        }
        write!(f, "policy document, {}: {}", self.path, self.problem)
    }
}

impl std::error::Error for PolicyError {}

impl From<PolicyProblem> for PolicyError {
    fn from(problem: PolicyProblem) -> Self {
        Self::new(problem)
    }
}

fn suggestion(known: Option<&'static str>) -> String {
    known.map(|known| format!("; did you mean `{known}`?")).unwrap_or_default()
}
