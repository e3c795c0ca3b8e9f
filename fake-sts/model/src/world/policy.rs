use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A policy under a name: inline in a user or role, or managed.
///
/// Not read until a server starts, which refuses it if it is no policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Policy {
    /// The name, with a path in front for managed policies that have one.
    pub name: String,
    /// The document: an object, or a text that holds one.
    pub document: Value,
}

impl Policy {
    /// A policy.
    #[must_use]
    pub fn new(name: impl Into<String>, document: Value) -> Self {
        Self { name: name.into(), document }
    }
}
