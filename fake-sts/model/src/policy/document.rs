use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::Value;

use super::error::{PolicyError, UnknownPrincipal};
use super::kind::PolicyKind;
use super::statement::{Statement, check_statement};

/// A policy document, parsed.
///
/// Cloning is cheap. [`PolicyDocument::source`] is the text it was read from, which is what limits on its length count.
///
/// ```
/// use fake_sts_model::policy::{PolicyDocument, PolicyKind};
///
/// let trust = r#"{"Version": "2012-10-17", "Statement": {
///     "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}}"#
///     .parse::<PolicyDocument>()?;
/// trust.check(PolicyKind::Trust)?;
/// # Ok::<(), fake_sts_model::policy::PolicyError>(())
/// ```
///
/// See the [grammar](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html).
#[derive(Clone)]
pub struct PolicyDocument(Arc<Parts>);

#[derive(Clone)]
pub(super) struct Parts {
    pub(super) source: Box<str>,
    pub(super) statements: Box<[Statement]>,
}

/// A policy under the name that an explanation calls it by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct NamedPolicy {
    /// The name, such as `allow-sts` or the ARN of a managed policy.
    pub name: Arc<str>,
    /// The policy.
    pub document: PolicyDocument,
}

impl PolicyDocument {
    pub(super) fn new(source: &str, statements: Vec<Statement>) -> Self {
        Self(Arc::new(Parts { source: source.into(), statements: statements.into() }))
    }

    /// A policy that allows nothing.
    pub(crate) fn nothing() -> Self {
        Self::new("", Vec::new())
    }

    /// The text this was read from; for a policy read from a JSON value its compact form.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// Checks what the grammar leaves to the kind of policy.
    ///
    /// # Errors
    ///
    /// When an element is missing that this kind needs, or present that it forbids, or when a statement id or resource has the wrong form.
    pub fn check(&self, kind: PolicyKind) -> Result<(), PolicyError> {
        for (index, statement) in self.0.statements.iter().enumerate() {
            check_statement(statement, kind)
                .map_err(|error| error.under(format_args!("Statement[{index}]")))?;
        }
        Ok(())
    }

    /// The policy with each user and role it names tied to the stable id of that user or role.
    ///
    /// IAM stores principals by id: a user deleted and made anew under the same name is trusted no more. `id_of` answers with the `AIDA..` or
    /// `AROA..` id behind an ARN.
    ///
    /// # Errors
    ///
    /// When `id_of` knows no id of a user or role; IAM refuses such a policy with `MalformedPolicyDocument` and this error's text.
    pub fn bind_principals(
        &self,
        mut id_of: impl FnMut(&str) -> Option<String>,
    ) -> Result<Self, UnknownPrincipal> {
        let mut parts = Parts::clone(&self.0);
        for statement in &mut parts.statements {
            if let Some(principals) = &mut statement.principals {
                principals.bind(&mut id_of)?;
            }
        }
        Ok(Self(Arc::new(parts)))
    }

    pub(super) fn statements(&self) -> &[Statement] {
        &self.0.statements
    }
}

impl NamedPolicy {
    /// A policy and the name that an explanation calls it by.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>, document: PolicyDocument) -> Self {
        Self { name: name.into(), document }
    }
}

/// As the JSON object that it is.
impl Serialize for PolicyDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_json::from_str::<Value>(self.source())
            .map_err(ser::Error::custom)?
            .serialize(serializer)
    }
}

/// From a JSON object, or from a text that holds one, which reads better in TOML.
impl<'de> Deserialize<'de> for PolicyDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let document = match &value {
            Value::String(text) => text.parse(),
            other => Self::try_from(other),
        };
        document.map_err(de::Error::custom)
    }
}

/// Two documents are equal when their texts are.
impl PartialEq for PolicyDocument {
    fn eq(&self, other: &Self) -> bool {
        self.source() == other.source()
    }
}

impl Eq for PolicyDocument {}

impl fmt::Debug for PolicyDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PolicyDocument").field(&self.source()).finish()
    }
}
