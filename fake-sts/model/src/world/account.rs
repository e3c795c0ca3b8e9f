use serde::{Deserialize, Serialize};

use super::{AccessKey, OidcProvider, Policy, Role, SamlProvider, TokenVersion, User};

/// An AWS account and what is in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Account {
    /// 12 digits.
    pub id: String,
    /// Such as `aws`, `aws-cn` or `aws-us-gov`.
    #[serde(default = "aws", skip_serializing_if = "is_aws")]
    pub partition: String,
    /// Access keys of the root user.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub root_access_keys: Vec<AccessKey>,
    /// The id of the organization that the account belongs to, such as `o-a1b2c3d4e5`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// Where in the organization the account is, such as `o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_path: Option<String>,
    /// The resource control policies of the organization that this account manages, each by its id, such as `p-a1b2c3d4`. They bind roles of
    /// the other accounts of the organization.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resource_control_policies: Vec<Policy>,
    /// Whether the account may take root sessions of others in its organization with `AssumeRoot`.
    #[serde(default)]
    pub root_access_management: RootAccessManagement,
    /// Whether the account may ask for tokens with `GetWebIdentityToken`.
    #[serde(default)]
    pub outbound_web_identity: OutboundWebIdentity,
    /// The version of the tokens that `sts.amazonaws.com` issues for the account.
    #[serde(default)]
    pub global_endpoint_token_version: GlobalEndpointTokenVersion,
    /// Regions whose STS endpoint the account has turned off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disabled_regions: Vec<String>,
    /// The IAM users.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<User>,
    /// The IAM roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// The managed policies of the account.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub managed_policies: Vec<Policy>,
    /// The OIDC identity providers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub oidc_providers: Vec<OidcProvider>,
    /// The SAML identity providers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub saml_providers: Vec<SamlProvider>,
}

/// The version of the tokens that the global endpoint issues for an account.
///
/// See [the preference of an account](https://docs.aws.amazon.com/IAM/latest/APIReference/API_SetSecurityTokenServicePreferences.html).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum GlobalEndpointTokenVersion {
    /// They are refused in regions that an account has to opt in to, as by default.
    #[default]
    #[serde(rename = "v1Token")]
    V1Token,
    /// They are accepted everywhere.
    #[serde(rename = "v2Token")]
    V2Token,
}

impl From<GlobalEndpointTokenVersion> for TokenVersion {
    fn from(version: GlobalEndpointTokenVersion) -> Self {
        match version {
            GlobalEndpointTokenVersion::V1Token => Self::V1,
            GlobalEndpointTokenVersion::V2Token => Self::V2,
        }
    }
}

/// Whether an account may take root sessions of others in its organization.
///
/// See [centralize root access](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RootAccessManagement {
    /// It may not.
    #[default]
    Disabled,
    /// It is the management account, or a delegated administrator, with both features.
    Enabled,
    /// It is, with root credentials management alone.
    CredentialsOnly,
    /// It is, with privileged root sessions alone.
    SessionsOnly,
    /// It is, and neither feature is on.
    NoFeature,
}

/// Whether an account may ask for tokens with `GetWebIdentityToken`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OutboundWebIdentity {
    /// `OutboundWebIdentityFederationDisabledException`, as in every new account.
    #[default]
    Disabled,
    /// It may.
    Enabled,
}

impl Account {
    /// An account with nothing in it.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            partition: aws(),
            root_access_keys: Vec::new(),
            organization: None,
            organization_path: None,
            resource_control_policies: Vec::new(),
            root_access_management: RootAccessManagement::default(),
            outbound_web_identity: OutboundWebIdentity::default(),
            global_endpoint_token_version: GlobalEndpointTokenVersion::default(),
            disabled_regions: Vec::new(),
            users: Vec::new(),
            roles: Vec::new(),
            managed_policies: Vec::new(),
            oidc_providers: Vec::new(),
            saml_providers: Vec::new(),
        }
    }

    /// The account in a partition, such as `aws-cn`.
    #[must_use]
    pub fn partition(mut self, partition: impl Into<String>) -> Self {
        self.partition = partition.into();
        self
    }

    /// The account with an access key of its root user.
    #[must_use]
    pub fn root_access_key(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.root_access_keys.push(AccessKey::new(id, secret));
        self
    }

    /// The account as a member of an organization.
    #[must_use]
    pub fn organization(mut self, id: impl Into<String>) -> Self {
        self.organization = Some(id.into());
        self
    }

    /// The account as one at a place in its organization, such as `o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/`.
    #[must_use]
    pub fn organization_path(mut self, path: impl Into<String>) -> Self {
        self.organization_path = Some(path.into());
        self
    }

    /// The account as the one that manages its organization, with one more resource control policy for the others.
    #[must_use]
    pub fn resource_control_policy(
        mut self,
        id: impl Into<String>,
        document: serde_json::Value,
    ) -> Self {
        self.resource_control_policies.push(Policy::new(id, document));
        self
    }

    /// The account as one that may take root sessions of others.
    #[must_use]
    pub fn root_access_management(mut self) -> Self {
        self.root_access_management = RootAccessManagement::Enabled;
        self
    }

    /// The account as one that may ask for outbound identity tokens.
    #[must_use]
    pub fn outbound_web_identity(mut self) -> Self {
        self.outbound_web_identity = OutboundWebIdentity::Enabled;
        self
    }

    /// The account with one more user.
    #[must_use]
    pub fn user(mut self, user: User) -> Self {
        self.users.push(user);
        self
    }

    /// The account with one more role.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.roles.push(role);
        self
    }

    /// The account with one more managed policy, which users, roles and sessions may refer to by its ARN.
    #[must_use]
    pub fn managed_policy(mut self, name: impl Into<String>, document: serde_json::Value) -> Self {
        self.managed_policies.push(Policy::new(name, document));
        self
    }

    /// The account with one more OIDC provider.
    #[must_use]
    pub fn oidc_provider(mut self, provider: OidcProvider) -> Self {
        self.oidc_providers.push(provider);
        self
    }

    /// The account with one more SAML provider.
    #[must_use]
    pub fn saml_provider(mut self, provider: SamlProvider) -> Self {
        self.saml_providers.push(provider);
        self
    }
}

fn aws() -> String {
    "aws".to_owned()
}

fn is_aws(partition: &str) -> bool {
    partition == "aws"
}
