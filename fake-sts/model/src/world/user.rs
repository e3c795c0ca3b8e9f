use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::role::{is_root_path, root_path};
use super::{AccessKey, MfaDevice, Policy};

/// An IAM user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct User {
    /// The name, without the path.
    pub name: String,
    /// The path, from slash to slash.
    #[serde(default = "root_path", skip_serializing_if = "is_root_path")]
    pub path: String,
    /// The stable id, `AIDA` and 17 characters. A user without one gets one when a server starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The access keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub access_keys: Vec<AccessKey>,
    /// The MFA devices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mfa_devices: Vec<MfaDevice>,
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
}

impl User {
    /// A user without keys, devices and policies.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            path: root_path(),
            id: None,
            access_keys: Vec::new(),
            mfa_devices: Vec::new(),
            policies: Vec::new(),
            managed_policies: Vec::new(),
            permissions_boundary: None,
            tags: BTreeMap::new(),
        }
    }

    /// The user under a path, such as `/staff/`.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// The user with an active access key.
    #[must_use]
    pub fn access_key(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.access_keys.push(AccessKey::new(id, secret));
        self
    }

    /// The user with an access key that is made up when a server starts; `FakeSts::world` tells it.
    #[must_use]
    pub fn generated_access_key(mut self) -> Self {
        self.access_keys.push(AccessKey::generated());
        self
    }

    /// The user with an access key that may be inactive.
    #[must_use]
    pub fn key(mut self, key: AccessKey) -> Self {
        self.access_keys.push(key);
        self
    }

    /// The user with an MFA device.
    #[must_use]
    pub fn mfa_device(mut self, device: MfaDevice) -> Self {
        self.mfa_devices.push(device);
        self
    }

    /// The user with an inline policy.
    #[must_use]
    pub fn policy(mut self, name: impl Into<String>, document: Value) -> Self {
        self.policies.push(Policy::new(name, document));
        self
    }

    /// The user with a managed policy.
    #[must_use]
    pub fn managed_policy(mut self, arn: impl Into<String>) -> Self {
        self.managed_policies.push(arn.into());
        self
    }

    /// The user with a permissions boundary: a managed policy by its ARN.
    #[must_use]
    pub fn permissions_boundary(mut self, arn: impl Into<String>) -> Self {
        self.permissions_boundary = Some(arn.into());
        self
    }

    /// The user with a tag.
    #[must_use]
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.insert(key.into(), value.into());
        self
    }
}
