use serde::{Deserialize, Serialize};

/// What of a token or an assertion becomes the identity behind a session: trusted identity propagation.
///
/// A source is a claim of a token; of an assertion, `Subject/NameID` or an attribute. See
/// [the API](https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextProvider.html).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ContextProvider {
    /// The source of `aws:OriginIdentity/Subject`.
    pub subject_source_key: String,
    /// The source of `aws:OriginIdentity/SubjectType`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_type_source_key: Option<String>,
    /// The value of `aws:OriginIdentity/SubjectType`, where no source says it: `user` or `workload`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_type_value: Option<String>,
    /// The sources of `aws:TransactionContext/IdentityProvider/..`, at most 10.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key_definitions: Vec<KeyDefinition>,
}

/// One source of `aws:TransactionContext/IdentityProvider/..`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct KeyDefinition {
    /// The claim or attribute.
    pub source_key: String,
    /// The last part of the condition key; that of the source if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_key: Option<String>,
}

impl ContextProvider {
    /// A context provider that takes the subject from a claim or attribute.
    #[must_use]
    pub fn new(subject_source_key: impl Into<String>) -> Self {
        Self {
            subject_source_key: subject_source_key.into(),
            subject_type_source_key: None,
            subject_type_value: None,
            key_definitions: Vec::new(),
        }
    }

    /// The context provider with a type for all subjects: `user` or `workload`.
    #[must_use]
    pub fn subject_type(mut self, value: impl Into<String>) -> Self {
        self.subject_type_value = Some(value.into());
        self
    }

    /// The context provider with one more source, for the condition key
    /// `aws:TransactionContext/IdentityProvider/<target>`.
    #[must_use]
    pub fn key(mut self, source: impl Into<String>, target: impl Into<String>) -> Self {
        let (source_key, target_key) = (source.into(), Some(target.into()));
        self.key_definitions.push(KeyDefinition { source_key, target_key });
        self
    }

    /// The first key that IAM would refuse, or how many there are if there are too many.
    pub(super) fn fault(&self) -> Option<String> {
        let targets = self.key_definitions.iter().filter_map(|key| key.target_key.as_ref());
        let sources = self.key_definitions.iter().map(|key| &key.source_key);
        let keys = [&self.subject_source_key].into_iter().chain(&self.subject_type_source_key);
        match keys.chain(sources).chain(targets).find(|key| !is_key(key)) {
            Some(key) => Some(format!("`{key}`")),
            None if self.key_definitions.len() > 10 => {
                Some(format!("{} key_definitions", self.key_definitions.len()))
            }
            None => None,
        }
    }
}

/// 1 to 128 letters, digits, single blanks inside, and a few others.
fn is_key(key: &str) -> bool {
    (1..=128).contains(&key.len())
        && key.trim() == key
        && !key.contains("  ")
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" _.:/=+-@#".contains(&byte))
}
