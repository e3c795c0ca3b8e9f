use std::collections::HashMap;
use std::sync::Arc;

use super::records::{AccountRecord, DeviceRecord, KeyRecord, OidcRecord, RoleRecord, UserRecord};
use super::{AccountId, Caller, Identity, Session, SessionPrincipal, World, WorldError, build};
use crate::oidc::with_scheme;
use crate::policy::{NamedPolicy, Principal};
use crate::switches::Switches;

/// A world, checked and ready for look-ups.
///
/// A valid world has well-formed names and ids, nothing twice, policies that can be read and that fit their place, no reference to anything that
/// does not exist. Made once, shared, never changed: another world makes another directory.
#[derive(Debug)]
pub struct Directory {
    pub(super) world: World,
    pub(super) accounts: HashMap<AccountId, AccountRecord>,
    pub(super) keys: HashMap<String, KeyRecord>,
    pub(super) users: HashMap<String, Arc<UserRecord>>,
    pub(super) roles_by_arn: HashMap<String, Arc<RoleRecord>>,
    pub(super) roles: HashMap<String, Arc<RoleRecord>>,
    pub(super) devices: HashMap<String, Arc<DeviceRecord>>,
    pub(super) managed_policies: HashMap<String, NamedPolicy>,
    pub(super) oidc_providers: HashMap<(AccountId, String), OidcRecord>,
    #[cfg(feature = "saml")]
    pub(super) saml_providers: HashMap<String, super::SamlRecord>,
}

impl Directory {
    /// Checks a world and makes it ready.
    ///
    /// Stable ids and MFA seeds that the world leaves out are made up, by chance.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with the world, and where it is.
    pub fn new(world: World, chance: &mut fastrand::Rng) -> Result<Self, WorldError> {
        build::directory(world, chance)
    }

    /// The world, with the ids and seeds that were made up for it.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// What to do where the real service is undocumented or disputed.
    #[must_use]
    pub fn switches(&self) -> &Switches {
        &self.world.switches
    }

    /// A role by its ARN.
    #[must_use]
    pub fn role(&self, arn: &str) -> Option<&Arc<RoleRecord>> {
        self.roles_by_arn.get(arn)
    }

    /// The ARN of the only role of a name.
    pub fn role_named(&self, name: &str) -> Option<String> {
        let mut named = self.roles_by_arn.keys().filter(|arn| arn.rsplit('/').next() == Some(name));
        named.next().filter(|_| named.next().is_none()).cloned()
    }

    /// The serial numbers of all MFA devices, in alphabetical order.
    pub fn serials(&self) -> Vec<String> {
        let mut serials = self.devices.keys().cloned().collect::<Vec<_>>();
        serials.sort();
        serials
    }

    /// An MFA device by its serial number.
    #[must_use]
    pub fn device(&self, serial: &str) -> Option<&Arc<DeviceRecord>> {
        self.devices.get(serial)
    }

    /// The provider of an account that an issuer is registered as. As in IAM, a slash at the end makes a difference.
    #[must_use]
    pub fn oidc_provider(&self, account: AccountId, issuer: &str) -> Option<&OidcRecord> {
        self.oidc_providers.get(&(account, with_scheme(issuer).to_owned()))
    }

    /// A SAML provider by its ARN.
    #[cfg(feature = "saml")]
    #[must_use]
    pub fn saml_provider(&self, arn: &str) -> Option<&super::SamlRecord> {
        self.saml_providers.get(arn)
    }

    /// A managed policy by its ARN.
    #[must_use]
    pub fn managed_policy(&self, arn: &str) -> Option<&NamedPolicy> {
        self.managed_policies.get(arn)
    }

    /// The account of a long-term access key that exists.
    #[must_use]
    pub fn account_of_key(&self, access_key_id: &str) -> Option<AccountId> {
        self.key(access_key_id).map(|key| key.account)
    }

    /// An account, as look-ups find it.
    #[must_use]
    pub fn account(&self, id: AccountId) -> Option<&AccountRecord> {
        self.accounts.get(&id)
    }

    /// The resource control policies for what is in an account, each under its ARN.
    #[must_use]
    pub fn resource_control_policies(&self, account: AccountId) -> &[NamedPolicy] {
        self.account(account)
            .map(|account| &account.resource_control_policies[..])
            .unwrap_or_default()
    }

    /// A long-term key, as look-ups find it.
    #[must_use]
    pub fn key(&self, access_key_id: &str) -> Option<&KeyRecord> {
        self.keys.get(access_key_id)
    }

    pub(crate) fn role_by_id(&self, id: &str) -> Option<&RoleRecord> {
        self.roles.get(id).map(|role| &**role)
    }

    pub(super) fn caller_of_key(&self, access_key_id: &str, key: &KeyRecord) -> Option<Caller> {
        let (principal, identity) = match &key.user {
            Some(user) => (user.principal.clone(), Identity::User(Arc::clone(user))),
            None => (self.account(key.account)?.root.clone(), Identity::Root),
        };
        let access_key_id = access_key_id.to_owned();
        Some(Caller { principal, account: key.account, access_key_id, identity, session: None })
    }

    /// The caller that a session makes, unless what it was issued for is gone.
    pub(super) fn caller_of_session(&self, session: Session) -> Option<Caller> {
        let account = self.account(session.account)?;
        let (principal, identity) = match &session.principal {
            SessionPrincipal::Role { id, session_name } => {
                let role = self.roles.get(id)?;
                let principal = Principal::assumed_role(&role.arn, id, session_name);
                (principal, Identity::Role(Arc::clone(role)))
            }
            SessionPrincipal::User { id } => {
                let user = self.users.get(id)?;
                (Principal::session_token_user(user.arn(), id), Identity::User(Arc::clone(user)))
            }
            SessionPrincipal::Root => (account.root.clone(), Identity::Root),
            SessionPrincipal::Federated { issuer, name } => {
                let user = match issuer {
                    Some(id) => Some(Arc::clone(self.users.get(id)?)),
                    None => None,
                };
                let principal = Principal::federated_user(
                    &account.partition,
                    &session.account.to_string(),
                    name,
                );
                (principal, Identity::Federated(user))
            }
        };
        let (account, access_key_id) = (session.account, session.access_key_id.clone());
        Some(Caller { principal, account, access_key_id, identity, session: Some(session) })
    }
}
