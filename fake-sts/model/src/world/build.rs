mod arn;
mod complete;
mod device;
mod policies;
mod providers;
mod stable_ids;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use self::stable_ids::StableIds;
use super::records::{AccountRecord, KeyRecord, RoleRecord, UserRecord};
use super::{
    AccessKey, Account, AccountId, Directory, Role, World, WorldError, WorldProblem as Problem,
    validate,
};
use crate::policy::{PolicyKind, Principal};

pub(super) fn directory(
    mut world: World,
    chance: &mut fastrand::Rng,
) -> Result<Directory, WorldError> {
    for account in &mut world.accounts {
        complete::account(account, validate::account_id(account)?, chance);
        validate::account(account)?;
    }
    let ids = StableIds::read(&world)?;
    let managed = policies::managed(&world)?;
    let mut directory = Directory {
        accounts: HashMap::new(),
        keys: HashMap::new(),
        users: HashMap::new(),
        roles_by_arn: HashMap::new(),
        roles: HashMap::new(),
        devices: HashMap::new(),
        managed_policies: managed,
        oidc_providers: HashMap::new(),
        #[cfg(feature = "saml")]
        saml_providers: HashMap::new(),
        world: World::default(),
    };
    for account in &world.accounts {
        let id = validate::account_id(account)?;
        add_account(&mut directory, account, id, &world)?;
        providers::add_oidc(&mut directory, account, id)?;
        providers::add_saml(&mut directory, account, id)?;
        for role in &account.roles {
            add_role(&mut directory, account, id, role, &ids)?;
        }
    }
    directory.world = world;
    Ok(directory)
}

fn add_account(
    directory: &mut Directory,
    account: &Account,
    id: AccountId,
    world: &World,
) -> Result<(), WorldError> {
    let place = format!("account {}", account.id);
    let record = AccountRecord {
        partition: account.partition.clone(),
        root: Principal::root(&account.partition, &account.id),
        organization: account.organization.clone(),
        organization_path: account.organization_path.clone(),
        resource_control_policies: policies::resource_control(account, world)?,
        root_access_management: account.root_access_management,
        outbound_web_identity: account.outbound_web_identity,
        global_endpoint_token_version: account.global_endpoint_token_version,
        disabled_regions: account.disabled_regions.clone(),
    };
    directory.accounts.insert(id, record);
    for key in &account.root_access_keys {
        add_key(directory, &place, key, id, None)?;
    }
    for user in &account.users {
        let place = format!("{place}, user {}", user.name);
        let mut devices = Vec::new();
        for device in &user.mfa_devices {
            let record = Arc::new(device::record(&place, device, world)?);
            if directory.devices.insert(record.serial.clone(), Arc::clone(&record)).is_some() {
                return Err(duplicate(&place, "MFA device", &record.serial));
            }
            devices.push(record);
        }
        let stable_id = user.id.clone().unwrap_or_default();
        let record = Arc::new(UserRecord {
            account: id,
            name: user.name.clone(),
            principal: Principal::user(arn::of_user(account, user), stable_id.clone()),
            policies: policies::of(directory, &place, &user.policies, &user.managed_policies)?,
            permissions_boundary: policies::boundary(
                directory,
                &place,
                user.permissions_boundary.as_ref(),
            )?,
            devices,
            tags: user.tags.clone(),
        });
        for key in &user.access_keys {
            add_key(directory, &place, key, id, Some(&record))?;
        }
        directory.users.insert(stable_id, record);
    }
    Ok(())
}

fn add_key(
    directory: &mut Directory,
    place: &str,
    key: &AccessKey,
    account: AccountId,
    user: Option<&Arc<UserRecord>>,
) -> Result<(), WorldError> {
    match directory.keys.entry(key.id.clone()) {
        Entry::Occupied(_) => Err(duplicate(place, "access key", &key.id)),
        Entry::Vacant(vacant) => {
            vacant.insert(KeyRecord {
                secret: key.secret.clone(),
                status: key.status,
                account,
                user: user.cloned(),
            });
            Ok(())
        }
    }
}

fn add_role(
    directory: &mut Directory,
    account: &Account,
    id: AccountId,
    role: &Role,
    ids: &StableIds,
) -> Result<(), WorldError> {
    let place = format!("account {}, role {}", account.id, role.name);
    let trust = policies::document(&role.trust_policy, PolicyKind::Trust)
        .map_err(|error| {
            WorldError::new(&place, Problem::Policy { name: "trust_policy".to_owned(), error })
        })?
        .bind_principals(|arn| ids.of(arn))
        .map_err(|error| WorldError::new(&place, Problem::UnknownPrincipal(error)))?;
    let record = Arc::new(RoleRecord {
        account: id,
        partition: account.partition.clone(),
        name: role.name.clone(),
        arn: arn::of_role(account, role),
        id: role.id.clone().unwrap_or_default(),
        trust,
        policies: policies::of(directory, &place, &role.policies, &role.managed_policies)?,
        permissions_boundary: policies::boundary(
            directory,
            &place,
            role.permissions_boundary.as_ref(),
        )?,
        max_session_duration: i32::try_from(role.max_session_duration).unwrap_or(i32::MAX),
        tags: role.tags.clone(),
        sessions_since: role.sessions_since().map(jiff::Timestamp::as_second),
    });
    directory.roles.insert(record.id.clone(), Arc::clone(&record));
    directory.roles_by_arn.insert(record.arn.clone(), record);
    Ok(())
}

fn duplicate(place: &str, kind: &'static str, name: &str) -> WorldError {
    WorldError::new(place, Problem::Duplicate { kind, name: name.to_owned() })
}
