use std::sync::Arc;

use super::{AccountId, RoleRecord, Session, SessionPolicies, UserRecord};
use crate::policy::{NamedPolicy, Principal};

/// Who made a call, once its signature is verified.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Caller {
    /// As policies see it.
    pub principal: Principal,
    /// The account.
    pub account: AccountId,
    /// The key that signed.
    pub access_key_id: String,
    /// What stands behind the key.
    pub identity: Identity,
    /// The session, for temporary credentials.
    pub session: Option<Session>,
}

/// What stands behind a key.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "code that handles these must handle each of them")]
pub enum Identity {
    /// The root user of the account.
    Root,
    /// A user, with long-term keys or those of `GetSessionToken`.
    User(Arc<UserRecord>),
    /// A session of a role.
    Role(Arc<RoleRecord>),
    /// Credentials of `GetFederationToken`, and the user who asked for them; nobody if that was the root user.
    Federated(Option<Arc<UserRecord>>),
}

impl Caller {
    /// The tags of the user or role behind the caller, overridden by those of the session.
    #[must_use]
    pub fn tags(&self) -> Vec<(String, String)> {
        let own = match &self.identity {
            Identity::Root | Identity::Federated(None) => None,
            Identity::User(user) | Identity::Federated(Some(user)) => Some(&user.tags),
            Identity::Role(role) => Some(&role.tags),
        };
        let mut tags =
            self.session.as_ref().map(|session| session.tags.clone()).unwrap_or_default();
        for (key, value) in own.into_iter().flatten() {
            if !tags.iter().any(|(set, _)| set.eq_ignore_ascii_case(key)) {
                tags.push((key.clone(), value.clone()));
            }
        }
        tags
    }

    /// The caller without the session policies, which may be long.
    pub fn without_policies(mut self) -> Self {
        if let Some(session) = &mut self.session {
            session.policies = SessionPolicies::None;
            session.scope_downs.clear();
        }
        self
    }

    /// The permissions boundary of the user or role behind the caller.
    #[must_use]
    pub fn permissions_boundary(&self) -> Option<&[NamedPolicy]> {
        match &self.identity {
            Identity::Root | Identity::Federated(None) => None,
            Identity::User(user) | Identity::Federated(Some(user)) => {
                user.permissions_boundary.as_deref()
            }
            Identity::Role(role) => role.permissions_boundary.as_deref(),
        }
    }

    /// The policies of the user or role behind the caller.
    #[must_use]
    pub fn policies(&self) -> &[NamedPolicy] {
        match &self.identity {
            Identity::Root | Identity::Federated(None) => &[],
            Identity::User(user) | Identity::Federated(Some(user)) => &user.policies,
            Identity::Role(role) => &role.policies,
        }
    }
}
