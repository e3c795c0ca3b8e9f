//! Who exists: accounts, users, keys, MFA devices, roles, identity providers; and the sessions that are issued to them.
//!
//! [`World`] is plain data, the same in Rust, TOML and JSON. A server checks it once and turns it into a [`Directory`], which answers look-ups;
//! see there for what makes a world valid. Sessions are not kept: a session token carries its session, [sealed](Seal), so that any number of
//! them costs no memory.

mod access_key;
mod account;
mod account_id;
mod build;
mod caller;
mod context_provider;
mod default_world;
mod directory;
mod error;
mod identify;
mod ids;
mod mfa_device;
mod oidc_provider;
mod origin_identity;
mod patch;
mod policy;
mod records;
mod role;
mod saml_provider;
#[cfg(feature = "saml")]
mod saml_record;
mod seal;
mod session;
mod spent_codes;
mod tokens;
mod trust;
mod user;
mod validate;

use serde::{Deserialize, Serialize};

pub use self::access_key::{AccessKey, KeyStatus};
pub use self::account::{
    Account, GlobalEndpointTokenVersion, OutboundWebIdentity, RootAccessManagement,
};
pub use self::account_id::AccountId;
pub use self::caller::{Caller, Identity};
pub use self::context_provider::{ContextProvider, KeyDefinition};
pub use self::directory::Directory;
pub use self::error::{WorldError, WorldProblem};
pub use self::identify::identify;
pub use self::identify::invalid_token;
pub(crate) use self::ids::unique_id;
pub use self::ids::{account_of_id, request_id};
pub use self::mfa_device::MfaDevice;
pub use self::oidc_provider::{OidcKeys, OidcProvider};
pub use self::origin_identity::OriginIdentity;
pub use self::patch::PatchError;
pub use self::policy::Policy;
pub use self::records::{
    AccountRecord, DeviceRecord, KeyRecord, KeySource, OidcRecord, RoleRecord, UserRecord,
};
pub use self::role::REVOCATION;
pub use self::role::Role;
pub use self::saml_provider::SamlProvider;
#[cfg(feature = "saml")]
pub use self::saml_record::BUILT_IN_IDENTITY_PROVIDER;
#[cfg(feature = "saml")]
pub use self::saml_record::SamlRecord;
pub use self::seal::{Seal, TokenFault};
pub use self::session::{Credentials, Session, SessionPolicies, SessionPrincipal, TokenVersion};
pub use self::spent_codes::{SpentCode, SpentCodes};
pub use self::tokens::{OauthToken, TradeInToken};
pub use self::user::User;
use crate::switches::Switches;

/// All that exists, as plain data.
///
/// A world file is this, in TOML or JSON. Only `accounts` must be there: without it nobody would exist, which is hardly ever meant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct World {
    /// The accounts.
    pub accounts: Vec<Account>,
    /// Policies managed by AWS, besides `AdministratorAccess`, `PowerUserAccess` and `ReadOnlyAccess`, which are always there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aws_managed_policies: Vec<Policy>,
    /// Access tokens of OAuth 2.0 providers, for `ProviderId`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub oauth_tokens: Vec<OauthToken>,
    /// Tokens that can be traded in with `GetDelegatedAccessToken`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trade_in_tokens: Vec<TradeInToken>,
    /// What the fake does where the real service is undocumented or disputed.
    #[serde(default)]
    pub switches: Switches,
}

impl World {
    /// A world in which nothing exists.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// The world with one more account.
    #[must_use]
    pub fn account(mut self, account: Account) -> Self {
        self.accounts.push(account);
        self
    }
}
