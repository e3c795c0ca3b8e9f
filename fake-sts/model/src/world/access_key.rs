use std::fmt;

use serde::{Deserialize, Serialize};

/// A long-term access key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AccessKey {
    /// The id, usually 20 characters starting with `AKIA`. A key without one gets one when a server starts, and a secret.
    #[serde(default)]
    pub id: String,
    /// The secret access key.
    #[serde(default)]
    pub secret: String,
    /// Whether it may be used.
    #[serde(default)]
    pub status: KeyStatus,
}

/// Whether an access key may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum KeyStatus {
    /// It may.
    #[default]
    Active,
    /// It is refused before its signature is looked at.
    Inactive,
}

impl AccessKey {
    /// An active key.
    #[must_use]
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { id: id.into(), secret: secret.into(), status: KeyStatus::Active }
    }

    /// A key whose id and secret are made up when a server starts; `FakeSts::world` tells them.
    #[must_use]
    pub fn generated() -> Self {
        Self::new("", "")
    }

    /// The key, not to be used.
    #[must_use]
    pub fn inactive(mut self) -> Self {
        self.status = KeyStatus::Inactive;
        self
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey")
            .field("id", &self.id)
            .field("secret", &"** redacted **")
            .field("status", &self.status)
            .finish()
    }
}
