use std::collections::{HashMap, HashSet};

use super::{arn, duplicate};
use crate::world::{World, WorldError};

/// The ids of all users and roles by ARN, and the accounts that are modelled.
pub(super) struct StableIds {
    by_arn: HashMap<String, String>,
    accounts: HashSet<String>,
}

impl StableIds {
    /// All of them. No two things may share a name or an id.
    pub(super) fn read(world: &World) -> Result<Self, WorldError> {
        let mut ids = Self { by_arn: HashMap::new(), accounts: HashSet::new() };
        let mut seen = HashSet::new();
        for account in &world.accounts {
            if !ids.accounts.insert(account.id.clone()) {
                return Err(duplicate(&format!("account {}", account.id), "account", &account.id));
            }
            let users = account
                .users
                .iter()
                .map(|user| ("user", &user.name, arn::of_user(account, user), &user.id));
            let roles = account
                .roles
                .iter()
                .map(|role| ("role", &role.name, arn::of_role(account, role), &role.id));
            for (kind, name, arn, id) in users.chain(roles) {
                let place = format!("account {}, {kind} {name}", account.id);
                let id = id.clone().unwrap_or_default();
                // IAM compares names without regard to case.
                if !seen.insert((account.id.clone(), kind, name.to_lowercase())) {
                    return Err(duplicate(&place, kind, name));
                }
                if !seen.insert((String::new(), "id", id.clone())) {
                    return Err(duplicate(&place, "id", &id));
                }
                ids.by_arn.insert(arn, id);
            }
        }
        Ok(ids)
    }

    /// The id behind an ARN. Accounts that are not modelled may have anybody, whose id nobody here has.
    pub(super) fn of(&self, arn: &str) -> Option<String> {
        let account = arn.split(':').nth(4).unwrap_or_default();
        if self.accounts.contains(account) {
            self.by_arn.get(arn).cloned()
        } else {
            Some(format!("not modelled: {arn}"))
        }
    }
}
