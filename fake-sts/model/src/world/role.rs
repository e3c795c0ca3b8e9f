use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Policy;
use super::trust::Trust;

/// An IAM role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Role {
    /// The name, without the path.
    pub name: String,
    /// The path, from slash to slash.
    #[serde(default = "root_path", skip_serializing_if = "is_root_path")]
    pub path: String,
    /// The stable id, `AROA` and 17 characters. A role without one gets one when a server starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Who may assume the role: an object, or a text that holds one.
    pub trust_policy: Value,
    /// How long a session may be at most, in seconds: 3600 to 43200.
    #[serde(default = "hour", skip_serializing_if = "is_hour")]
    pub max_session_duration: u64,
    /// The inline policies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<Policy>,
    /// ARNs of managed policies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub managed_policies: Vec<String>,
    /// The ARN of the managed policy that limits what its policies can allow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions_boundary: Option<String>,
    /// The tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// What becomes statements of the trust policy once the account is known.
    #[serde(skip)]
    pub(super) trusts: Vec<Trust>,
}

/// The policy by which IAM ends the sessions of a role.
pub const REVOCATION: &str = "AWSRevokeOlderSessions";

impl Role {
    /// A role that nobody may assume yet: say who may, with [`trusts_account`](Self::trusts_account) and its like, or by a
    /// [trust policy](Self::trust_policy) in JSON.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            path: root_path(),
            id: None,
            trust_policy: Value::Null,
            max_session_duration: hour(),
            policies: Vec::new(),
            managed_policies: Vec::new(),
            permissions_boundary: None,
            tags: BTreeMap::new(),
            trusts: Vec::new(),
        }
    }

    /// The role under a path, such as `/ci/`.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// The role with a stable id of its own choice.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The role with a trust policy.
    #[must_use]
    pub fn trust_policy(mut self, document: Value) -> Self {
        self.trust_policy = document;
        self
    }

    /// The role with another limit on its sessions: whole seconds, 1 to 12 hours.
    #[must_use]
    pub fn max_session_duration(mut self, duration: Duration) -> Self {
        self.max_session_duration = duration.as_secs();
        self
    }

    /// The role with an inline policy.
    #[must_use]
    pub fn policy(mut self, name: impl Into<String>, document: Value) -> Self {
        self.policies.push(Policy::new(name, document));
        self
    }

    /// The role with a managed policy.
    #[must_use]
    pub fn managed_policy(mut self, arn: impl Into<String>) -> Self {
        self.managed_policies.push(arn.into());
        self
    }

    /// The role with a permissions boundary: a managed policy by its ARN.
    #[must_use]
    pub fn permissions_boundary(mut self, arn: impl Into<String>) -> Self {
        self.permissions_boundary = Some(arn.into());
        self
    }

    /// When [revoked](REVOCATION) sessions were issued at the latest, if they were revoked: those issued from then on are good.
    pub(super) fn sessions_since(&self) -> Option<Timestamp> {
        let policy = self.policies.iter().find(|policy| policy.name == REVOCATION)?;
        let condition = &policy.document["Statement"][0]["Condition"]["DateLessThan"];
        condition["aws:TokenIssueTime"].as_str()?.parse().ok()
    }

    /// The role with a tag.
    #[must_use]
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.insert(key.into(), value.into());
        self
    }
}

pub(super) fn root_path() -> String {
    "/".to_owned()
}

pub(super) fn is_root_path(path: &str) -> bool {
    path == "/"
}

fn hour() -> u64 {
    3600
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_hour(seconds: &u64) -> bool {
    *seconds == hour()
}
