//! Credentials that end before their time.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::state::State;
use crate::world::{Directory, Policy, REVOCATION, World, WorldError, account_of_id};

/// Nothing that could be revoked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RevokeError {
    /// No such role.
    #[error(
        "there is no role {0}; give the ARN of one, with its path, such as arn:aws:iam::111122223333:role/deploy"
    )]
    UnknownRole(String),
    /// No such access key.
    #[error(
        "there is no access key {0}; give the AKIA.. id of a user's key, or the ASIA.. id of a session of an account in the world"
    )]
    UnknownAccessKey(String),
    /// The world would not be valid any more.
    #[error("the revocation would leave a world that is not valid")]
    World(#[from] WorldError),
}

impl State {
    /// Ends the sessions of a role as IAM does: by a policy that denies everything to sessions issued before now.
    pub(crate) fn revoke_role_sessions(&self, arn: &str) -> Result<(), RevokeError> {
        // Sessions know when they were issued in whole seconds. The next one is after all there are; those issued later in this second get it, too.
        let end = self.clock.timestamp().saturating_add(SignedDuration::from_secs(1));
        let end = end.unwrap_or(Timestamp::MAX).strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let unknown = || RevokeError::UnknownRole(arn.to_owned());
        self.change_world(|directory, world| {
            let id = directory.role(arn).map(|role| role.id.clone()).ok_or_else(unknown)?;
            let mut roles = world.accounts.iter_mut().flat_map(|account| &mut account.roles);
            let role = roles.find(|role| role.id.as_ref() == Some(&id)).ok_or_else(unknown)?;
            role.policies.retain(|policy| policy.name != REVOCATION);
            role.policies.push(Policy::new(REVOCATION, older_sessions(&end)));
            Ok(())
        })
    }

    /// Deletes a long-term key, or ends one session.
    pub(crate) fn revoke_access_key(&self, id: &str) -> Result<(), RevokeError> {
        let unknown = || RevokeError::UnknownAccessKey(id.to_owned());
        if id.starts_with("ASIA") {
            let account = account_of_id(id).ok_or_else(unknown)?;
            self.directory().account(account).ok_or_else(unknown)?;
            self.revoked_sessions.insert(id);
            return Ok(());
        }
        self.change_world(|directory: &Directory, world: &mut World| {
            directory.key(id).ok_or_else(unknown)?;
            for account in &mut world.accounts {
                account.root_access_keys.retain(|key| key.id != id);
                for user in &mut account.users {
                    user.access_keys.retain(|key| key.id != id);
                }
            }
            Ok(())
        })
    }
}

/// See [revoke session permissions](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html).
fn older_sessions(end: &str) -> serde_json::Value {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny",
        "Action": ["*"],
        "Resource": ["*"],
        "Condition": {"DateLessThan": {"aws:TokenIssueTime": end}},
    }]})
}
