use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use totp_rs::Totp;

use super::access_key::KeyStatus;
use super::account::{GlobalEndpointTokenVersion, OutboundWebIdentity, RootAccessManagement};
use super::{AccountId, ContextProvider, OidcProvider};
use crate::oidc::KeySet;
use crate::policy::{NamedPolicy, PolicyDocument, Principal};

/// A user as look-ups find it: checked, with everything it refers to.
#[derive(Debug)]
#[non_exhaustive]
pub struct UserRecord {
    /// The account.
    pub account: AccountId,
    /// The name, without the path.
    pub name: String,
    /// The user with its long-term keys.
    pub principal: Principal,
    /// The inline and managed policies.
    pub policies: Vec<NamedPolicy>,
    /// The permissions boundary, if there is one: a list of one policy.
    pub permissions_boundary: Option<Vec<NamedPolicy>>,
    /// The MFA devices.
    pub devices: Vec<Arc<DeviceRecord>>,
    /// The tags.
    pub tags: BTreeMap<String, String>,
}

/// A role as look-ups find it.
#[derive(Debug)]
#[non_exhaustive]
pub struct RoleRecord {
    /// The account.
    pub account: AccountId,
    /// The partition, such as `aws`.
    pub partition: String,
    /// The name, without the path.
    pub name: String,
    /// The ARN, with the path.
    pub arn: String,
    /// The stable id.
    pub id: String,
    /// Who may assume it; users and roles in it are tied to their ids.
    pub trust: PolicyDocument,
    /// The inline and managed policies.
    pub policies: Vec<NamedPolicy>,
    /// The permissions boundary, if there is one: a list of one policy.
    pub permissions_boundary: Option<Vec<NamedPolicy>>,
    /// How long a session may be at most, in seconds.
    pub max_session_duration: i32,
    /// The tags.
    pub tags: BTreeMap<String, String>,
    /// From when on sessions have to be issued to be good, in seconds since 1970; nothing if none were revoked.
    pub(crate) sessions_since: Option<i64>,
}

/// An MFA device as look-ups find it.
#[non_exhaustive]
pub struct DeviceRecord {
    /// The serial number: an ARN for a virtual device.
    pub serial: String,
    totp: Totp,
}

/// An OIDC provider as look-ups find it.
#[derive(Debug)]
#[non_exhaustive]
pub struct OidcRecord {
    /// The audiences that tokens may be for.
    pub client_ids: Vec<String>,
    /// The certificates that the issuer may be behind, beside those of public authorities.
    pub thumbprints: Vec<String>,
    /// Where the issuer's keys come from.
    pub keys: KeySource,
    /// What of a token becomes the identity behind a session.
    pub context_provider: Option<ContextProvider>,
    name: String,
    principal: String,
}

/// Where the keys of an issuer come from.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "code that handles these must handle each of them")]
pub enum KeySource {
    /// These.
    Given(KeySet),
    /// Those of the built-in issuer, made when they are first needed.
    BuiltIn,
    /// The discovery document below this URL.
    Fetched(String),
}

/// Issuers that are in trust policies by their name, not by an ARN.
const LEGACY: [&str; 4] = [
    "accounts.google.com",
    "cognito-identity.amazonaws.com",
    "graph.facebook.com",
    "www.amazon.com",
];

impl OidcRecord {
    pub(super) fn new(
        arn_prefix: &str,
        url: &str,
        provider: &OidcProvider,
        keys: KeySource,
    ) -> Self {
        let name = url.split_once("://").map_or(url, |(_, name)| name).to_owned();
        let principal = if LEGACY.contains(&name.as_str()) {
            name.clone()
        } else {
            format!("{arn_prefix}{name}")
        };
        let (client_ids, thumbprints) = (provider.client_ids.clone(), provider.thumbprints.clone());
        let context_provider = provider.context_provider.clone();
        Self { client_ids, thumbprints, keys, context_provider, name, principal }
    }

    /// The issuer without scheme, which is what its condition keys begin with.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// As what trust policies name it: an ARN; of a few well-known issuers their name.
    #[must_use]
    pub fn principal(&self) -> &str {
        &self.principal
    }
}

/// An account as look-ups find it.
#[derive(Debug)]
#[non_exhaustive]
pub struct AccountRecord {
    pub(crate) partition: String,
    pub(crate) root: Principal,
    pub(crate) organization: Option<String>,
    pub(crate) organization_path: Option<String>,
    pub(crate) resource_control_policies: Vec<NamedPolicy>,
    pub(crate) root_access_management: RootAccessManagement,
    pub(crate) outbound_web_identity: OutboundWebIdentity,
    pub(crate) global_endpoint_token_version: GlobalEndpointTokenVersion,
    pub(crate) disabled_regions: Vec<String>,
}

/// A long-term key as look-ups find it.
#[non_exhaustive]
pub struct KeyRecord {
    pub(crate) secret: String,
    pub(crate) status: KeyStatus,
    pub(crate) account: AccountId,
    /// The user; nothing for the root user.
    pub user: Option<Arc<UserRecord>>,
}

impl UserRecord {
    /// The stable id.
    #[must_use]
    pub fn id(&self) -> &str {
        self.principal.user_id()
    }

    /// The ARN, with the path.
    #[must_use]
    pub fn arn(&self) -> &str {
        self.principal.arn()
    }
}

impl DeviceRecord {
    pub(super) fn new(serial: String, totp: Totp) -> Self {
        Self { serial, totp }
    }

    /// The code that the device shows at a time.
    #[must_use]
    pub fn code(&self, now: Timestamp) -> String {
        self.totp.generate(seconds(now)).to_string()
    }

    /// The step of 30 seconds whose code this is, if it is one of the window around a time.
    #[must_use]
    pub fn step_of(&self, code: &str, now: Timestamp) -> Option<u64> {
        self.totp.check(code, seconds(now))
    }
}

fn seconds(time: Timestamp) -> u64 {
    u64::try_from(time.as_second()).unwrap_or(0)
}

impl fmt::Debug for DeviceRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceRecord").field("serial", &self.serial).finish_non_exhaustive()
    }
}

impl fmt::Debug for KeyRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRecord")
            .field("status", &self.status)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}
