use std::fmt;
use std::sync::Arc;

use super::call::{Call, REDACTED, cut};
use super::outcome::OutcomeKind;
use super::secrets::is_secret;
use crate::policy::matches_text;

/// Which calls are meant: those that meet every condition.
///
/// The same for [looking back](super::Journal::calls_where), [waiting](super::Journal::wait_for) and
/// [expecting](crate::FakeSts::expect), and the parameters of `GET /_fake-sts/calls`. A new one means every call.
///
/// ```
/// use fake_sts::journal::Filter;
///
/// let retries = Filter::new().operation("AssumeRole").role("arn:aws:iam::111122223333:role/deploy").code("Throttling");
/// assert_eq!(retries.to_string(), "calls to AssumeRole for role arn:aws:iam::111122223333:role/deploy that ended with Throttling");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Filter {
    pub(super) conditions: Vec<Condition>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    Operation(String),
    Role(String),
    Caller(String),
    AccessKey(String),
    Parameter(String, String),
    Outcome(OutcomeKind),
    Code(String),
    Since(u64),
    That(Predicate),
}

/// A condition of a test's own: what it says, and whether it holds.
#[derive(Clone)]
pub(super) struct Predicate {
    says: Arc<str>,
    holds: Arc<dyn Fn(&Call) -> bool + Send + Sync>,
}

/// A condition that a call does not meet: what was wanted, and what it has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mismatch {
    /// The condition, such as `role`.
    pub what: String,
    /// What was wanted.
    pub wanted: String,
    /// What the call has; nothing if it has none of it.
    pub actual: Option<String>,
}

impl Filter {
    /// Every call.
    pub fn new() -> Self {
        Self::default()
    }

    /// Of an operation: its name, or an [`Operation`](crate::action::Operation).
    pub fn operation(self, operation: impl AsRef<str>) -> Self {
        self.with(Condition::Operation(operation.as_ref().to_owned()))
    }

    /// To get sessions of a role: its ARN, which may have `*` and `?` as in policies.
    pub fn role(self, arn: impl Into<String>) -> Self {
        self.with(Condition::Role(arn.into()))
    }

    /// By a caller whose signature was verified: its ARN, which may have `*` and `?` as in policies.
    ///
    /// That of a session is `arn:aws:sts::<account>:assumed-role/<role>/<session>`.
    pub fn caller(self, arn: impl Into<String>) -> Self {
        self.with(Condition::Caller(arn.into()))
    }

    /// Said to be signed with an access key.
    pub fn access_key(self, id: impl Into<String>) -> Self {
        self.with(Condition::AccessKey(id.into()))
    }

    /// With a parameter of the request, such as `RoleSessionName`. Several parameters may be asked for.
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.conditions.push(Condition::Parameter(name.into(), value.into()));
        self
    }

    /// Ended with an answer.
    pub fn answered(self) -> Self {
        self.outcome(OutcomeKind::Answered)
    }

    /// Ended with an error of STS, whichever.
    pub fn refused(self) -> Self {
        self.outcome(OutcomeKind::Refused)
    }

    /// Ended in this way.
    pub fn outcome(self, kind: OutcomeKind) -> Self {
        self.with(Condition::Outcome(kind))
    }

    /// Ended with an error code of STS: its name, or an [`ErrorCode`](crate::wire::ErrorCode).
    pub fn code(self, code: impl AsRef<str>) -> Self {
        self.with(Condition::Code(code.as_ref().to_owned()))
    }

    /// After the call with this [sequence](Call::sequence) number.
    pub fn since(self, sequence: u64) -> Self {
        self.with(Condition::Since(sequence))
    }

    /// That meets a condition of your own, which the description completes: "calls that .." Several may be asked for.
    ///
    /// ```
    /// use fake_sts::journal::Filter;
    ///
    /// let slow = Filter::new().that("took a second", |call| call.took.as_secs() >= 1);
    /// assert_eq!(slow.to_string(), "calls that took a second");
    /// ```
    pub fn that(
        mut self,
        says: impl Into<String>,
        holds: impl Fn(&Call) -> bool + Send + Sync + 'static,
    ) -> Self {
        let predicate = Predicate { says: says.into().into(), holds: Arc::new(holds) };
        self.conditions.push(Condition::That(predicate));
        self
    }

    /// Whether a call meets every condition.
    #[must_use]
    pub fn matches(&self, call: &Call) -> bool {
        self.conditions.iter().all(|condition| condition.holds(call))
    }

    /// The conditions that a call does not meet.
    #[must_use]
    pub fn mismatches(&self, call: &Call) -> Vec<Mismatch> {
        let failed = self.conditions.iter().filter(|condition| !condition.holds(call));
        failed.map(|condition| condition.mismatch(call)).collect()
    }

    /// The condition, in place of an earlier one of its kind.
    fn with(mut self, condition: Condition) -> Self {
        let kind = std::mem::discriminant(&condition);
        self.conditions.retain(|earlier| std::mem::discriminant(earlier) != kind);
        self.conditions.push(condition);
        self
    }

    /// `call to AssumeRole for role ..`, or `calls ..`.
    pub(super) fn noun(&self, count: u64) -> String {
        let mut text = if count == 1 { "call" } else { "calls" }.to_owned();
        for condition in &self.conditions {
            text.push(' ');
            text.push_str(&condition.phrase());
        }
        text
    }
}

impl Condition {
    fn holds(&self, call: &Call) -> bool {
        match self {
            Self::Operation(name) => call.operation == *name,
            Self::Role(arn) => {
                call.parameter(ROLE).is_some_and(|actual| is_or_matches(arn, actual))
            }
            Self::Caller(arn) => {
                call.caller.as_deref().is_some_and(|actual| is_or_matches(arn, actual))
            }
            Self::AccessKey(id) => call.access_key_id.as_ref() == Some(id),
            Self::Parameter(name, value) => {
                call.parameter(name).is_some_and(|actual| actual == value || actual == cut(value))
            }
            Self::Outcome(kind) => call.outcome.kind() == *kind,
            Self::Code(code) => call.code() == Some(code),
            Self::Since(sequence) => call.sequence > *sequence,
            Self::That(predicate) => (predicate.holds)(call),
        }
    }

    fn mismatch(&self, call: &Call) -> Mismatch {
        let (what, wanted, actual) = match self {
            Self::Operation(name) => {
                let actual = (!call.operation.is_empty()).then_some(call.operation.as_str());
                ("operation", name.as_str(), actual)
            }
            Self::Role(arn) => ("role", arn.as_str(), call.parameter(ROLE)),
            Self::Caller(arn) => ("caller", arn.as_str(), call.caller.as_deref()),
            Self::AccessKey(id) => ("access key", id.as_str(), call.access_key_id.as_deref()),
            Self::Parameter(name, value) => {
                (name.as_str(), shown(name, value), call.parameter(name))
            }
            Self::Outcome(kind) => ("outcome", kind.as_str(), Some(call.outcome.kind().as_str())),
            Self::Code(code) => ("code", code.as_str(), call.code()),
            Self::Since(sequence) => {
                let (wanted, actual) =
                    (format!("after #{sequence}"), format!("#{}", call.sequence));
                return Mismatch { what: "number".to_owned(), wanted, actual: Some(actual) };
            }
            Self::That(predicate) => ("that", &*predicate.says, None),
        };
        Mismatch {
            what: what.to_owned(),
            wanted: wanted.to_owned(),
            actual: actual.map(str::to_owned),
        }
    }

    pub(super) fn phrase(&self) -> String {
        match self {
            Self::Operation(name) => format!("to {name}"),
            Self::Role(arn) => format!("for role {arn}"),
            Self::Caller(arn) => format!("by {arn}"),
            Self::AccessKey(id) => format!("with key {id}"),
            Self::Parameter(name, value) => format!("with {name} {}", shown(name, value)),
            Self::Outcome(OutcomeKind::Answered) => "that ended with an answer".to_owned(),
            Self::Outcome(OutcomeKind::Refused) => "that ended with an error".to_owned(),
            Self::Outcome(OutcomeKind::TurnedAway) => "that reached no operation".to_owned(),
            Self::Outcome(OutcomeKind::Faulted) => "that ended with a fault".to_owned(),
            Self::Outcome(OutcomeKind::Abandoned) => "that the client abandoned".to_owned(),
            Self::Code(code) => format!("that ended with {code}"),
            Self::Since(sequence) => format!("after #{sequence}"),
            Self::That(predicate) => format!("that {}", predicate.says),
        }
    }
}

impl fmt::Debug for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Predicate").field(&self.says).finish()
    }
}

/// Two are the same only if one is a clone of the other.
impl PartialEq for Predicate {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.holds, &other.holds)
    }
}

impl Eq for Predicate {}

/// The parameter that names a role, in all operations that do.
const ROLE: &str = "RoleArn";

/// Most patterns are none, which is much cheaper to see.
fn is_or_matches(pattern: &str, actual: &str) -> bool {
    if pattern.contains(['*', '?']) {
        matches_text(pattern, actual)
    } else {
        cut(pattern) == actual
    }
}

fn shown<'a>(name: &str, value: &'a str) -> &'a str {
    if is_secret(name) { REDACTED } else { value }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.noun(u64::MAX))
    }
}

impl Mismatch {
    /// Whether it is about how the call ended.
    pub(super) fn is_of_the_outcome(&self) -> bool {
        matches!(self.what.as_str(), "outcome" | "code")
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, wanted, actual } = self;
        match actual {
            Some(actual) => write!(f, "{what}: {}, not {wanted}", actual.escape_debug()),
            None if what == "that" => write!(f, "not true: {wanted}"),
            None => write!(f, "{what}: none, not {wanted}"),
        }
    }
}
