use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    sync::Arc,
};

use data_encoding::BASE32_NOPAD;
use serde_json::{Value, json};
use totp_rs::{Algorithm, Builder};

use super::{
    AccessKey, Account, AccountId, Directory, MfaDevice, OidcKeys, Policy, Role, User, World,
    WorldError, WorldProblem as Problem, ids,
    records::{
        AccountRecord, DeviceRecord, KeyRecord, KeySource, OidcRecord, RoleRecord, UserRecord,
    },
    validate,
};
use crate::{
    oidc::KeySet,
    policy::{NamedPolicy, PolicyDocument, PolicyKind, Principal},
    state::BUILT_IN_ISSUER,
};

/// 64 characters of base32, as the seeds of AWS have.
const SEED_BYTES: usize = 40;

const STEP_SECONDS: u64 = 30;
const DIGITS: u8 = 6;

pub(super) fn directory(
    mut world: World,
    chance: &mut fastrand::Rng,
) -> Result<Directory, WorldError> {
    for account in &mut world.accounts {
        let id = validate::account(account)?;
        complete(account, id, chance);
    }
    let ids = stable_ids(&world)?;
    let managed = managed_policies(&world)?;
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
        let id = validate::account(account)?;
        add_account(&mut directory, account, id, &world)?;
        add_oidc_providers(&mut directory, account, id)?;
        add_saml_providers(&mut directory, account, id)?;
        for role in &account.roles {
            add_role(&mut directory, account, id, role, &ids)?;
        }
    }
    directory.world = world;
    Ok(directory)
}

/// Makes up the ids and seeds that the world leaves out.
fn complete(account: &mut Account, id: AccountId, chance: &mut fastrand::Rng) {
    for user in &mut account.users {
        user.id.get_or_insert_with(|| ids::unique_id("AIDA", id, chance));
        for device in &mut user.mfa_devices {
            if let Some(name) = device.serial.strip_prefix("mfa/") {
                device.serial = format!("arn:{}:iam::{id}:mfa/{name}", account.partition);
            }
            device.seed.get_or_insert_with(|| {
                let mut seed = [0; SEED_BYTES];
                chance.fill(&mut seed);
                BASE32_NOPAD.encode(&seed)
            });
        }
    }
    for role in &mut account.roles {
        role.id.get_or_insert_with(|| ids::unique_id("AROA", id, chance));
    }
}

/// The ids of all users and roles by ARN, and the accounts that are modelled.
struct StableIds {
    by_arn: HashMap<String, String>,
    accounts: HashSet<String>,
}

fn stable_ids(world: &World) -> Result<StableIds, WorldError> {
    let mut ids = StableIds { by_arn: HashMap::new(), accounts: HashSet::new() };
    let mut seen = HashSet::new();
    for account in &world.accounts {
        if !ids.accounts.insert(account.id.clone()) {
            return Err(duplicate(&format!("account {}", account.id), "account", &account.id));
        }
        let users = account
            .users
            .iter()
            .map(|user| ("user", &user.name, user_arn(account, user), &user.id));
        let roles = account
            .roles
            .iter()
            .map(|role| ("role", &role.name, role_arn(account, role), &role.id));
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

impl StableIds {
    /// The id behind an ARN. Accounts that are not modelled may have anybody, whose id nobody here has.
    fn of(&self, arn: &str) -> Option<String> {
        let account = arn.split(':').nth(4).unwrap_or_default();
        if self.accounts.contains(account) {
            self.by_arn.get(arn).cloned()
        } else {
            Some(format!("not modelled: {arn}"))
        }
    }
}

fn managed_policies(world: &World) -> Result<HashMap<String, NamedPolicy>, WorldError> {
    let mut policies = HashMap::new();
    let administrator = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    let aws = [Policy::new("AdministratorAccess", administrator)];
    for account in &world.accounts {
        for policy in aws.iter().chain(&world.aws_managed_policies) {
            let arn = format!("arn:{}:iam::aws:policy/{}", account.partition, policy.name);
            let policy = named_policy("aws_managed_policies", &arn, &policy.document)?;
            policies.insert(arn, policy);
        }
        let place = format!("account {}", account.id);
        for policy in &account.managed_policies {
            let name = policy.name.trim_start_matches('/');
            let arn = format!("arn:{}:iam::{}:policy/{name}", account.partition, account.id);
            let policy = named_policy(&place, &arn, &policy.document)?;
            if policies.insert(arn.clone(), policy).is_some() {
                return Err(duplicate(&place, "managed policy", &arn));
            }
        }
    }
    Ok(policies)
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
        root_access_management: account.root_access_management,
        outbound_web_identity: account.outbound_web_identity,
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
            let record = Arc::new(device_record(&place, device, world)?);
            if directory.devices.insert(record.serial.clone(), Arc::clone(&record)).is_some() {
                return Err(duplicate(&place, "MFA device", &record.serial));
            }
            devices.push(record);
        }
        let stable_id = user.id.clone().unwrap_or_default();
        let record = Arc::new(UserRecord {
            account: id,
            name: user.name.clone(),
            principal: Principal::user(user_arn(account, user), stable_id.clone()),
            policies: policies(directory, &place, &user.policies, &user.managed_policies)?,
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
    let trust = document(&role.trust_policy, PolicyKind::Trust)
        .map_err(|error| {
            WorldError::new(&place, Problem::Policy { name: "trust_policy".to_owned(), error })
        })?
        .bind_principals(|arn| ids.of(arn))
        .map_err(|error| WorldError::new(&place, Problem::UnknownPrincipal(error)))?;
    let record = Arc::new(RoleRecord {
        account: id,
        partition: account.partition.clone(),
        name: role.name.clone(),
        arn: role_arn(account, role),
        id: role.id.clone().unwrap_or_default(),
        trust,
        policies: policies(directory, &place, &role.policies, &role.managed_policies)?,
        max_session_duration: i32::try_from(role.max_session_duration).unwrap_or(i32::MAX),
        tags: role.tags.clone(),
    });
    directory.roles.insert(record.id.clone(), Arc::clone(&record));
    directory.roles_by_arn.insert(record.arn.clone(), record);
    Ok(())
}

fn add_oidc_providers(
    directory: &mut Directory,
    account: &Account,
    id: AccountId,
) -> Result<(), WorldError> {
    for provider in &account.oidc_providers {
        let url = if provider.url.is_empty() {
            BUILT_IN_ISSUER
        } else {
            provider.url.trim_end_matches('/')
        };
        let place = format!("account {}, oidc_provider {url}", account.id);
        let keys = match &provider.keys {
            OidcKeys::BuiltIn => KeySource::BuiltIn,
            OidcKeys::Discovery => KeySource::Fetched(url.to_owned()),
            OidcKeys::DiscoveryAt(base) => KeySource::Fetched(base.clone()),
            OidcKeys::Jwks(keys) => KeySource::Given(
                KeySet::from_value(keys.clone())
                    .map_err(|error| WorldError::new(&place, Problem::KeySet(error.to_string())))?,
            ),
        };
        let prefix = format!("arn:{}:iam::{}:oidc-provider/", account.partition, account.id);
        let record = OidcRecord::new(&prefix, url, provider, keys);
        if directory.oidc_providers.insert((id, url.to_owned()), record).is_some() {
            return Err(duplicate(&place, "OIDC provider", url));
        }
    }
    Ok(())
}

#[cfg(feature = "saml")]
fn add_saml_providers(
    directory: &mut Directory,
    account: &Account,
    id: AccountId,
) -> Result<(), WorldError> {
    for provider in &account.saml_providers {
        let place = format!("account {}, saml_provider {}", account.id, provider.name);
        let arn = format!(
            "arn:{}:iam::{}:saml-provider/{}",
            account.partition, account.id, provider.name
        );
        let record =
            super::SamlRecord::new(id, &provider.name, arn.clone(), provider.metadata.as_deref())
                .map_err(|error| WorldError::new(&place, Problem::Metadata(error.to_string())))?;
        if directory.saml_providers.insert(arn, record).is_some() {
            return Err(duplicate(&place, "SAML provider", &provider.name));
        }
    }
    Ok(())
}

#[cfg(not(feature = "saml"))]
fn add_saml_providers(
    _: &mut Directory,
    account: &Account,
    _: AccountId,
) -> Result<(), WorldError> {
    match account.saml_providers.first() {
        None => Ok(()),
        Some(provider) => {
            let place = format!("account {}, saml_provider {}", account.id, provider.name);
            Err(WorldError::new(place, Problem::NoSaml))
        }
    }
}

fn policies(
    directory: &Directory,
    place: &str,
    inline: &[Policy],
    managed: &[String],
) -> Result<Vec<NamedPolicy>, WorldError> {
    let inline = inline.iter().map(|policy| named_policy(place, &policy.name, &policy.document));
    let managed = managed.iter().map(|arn| {
        let policy = directory.managed_policy(arn).cloned();
        policy.ok_or_else(|| WorldError::new(place, Problem::UnknownManagedPolicy(arn.clone())))
    });
    inline.chain(managed).collect()
}

fn named_policy(place: &str, name: &str, value: &Value) -> Result<NamedPolicy, WorldError> {
    match document(value, PolicyKind::Identity) {
        Ok(document) => Ok(NamedPolicy::new(name, document)),
        Err(error) => Err(WorldError::new(place, Problem::Policy { name: name.to_owned(), error })),
    }
}

fn document(value: &Value, kind: PolicyKind) -> Result<PolicyDocument, crate::policy::PolicyError> {
    let document = match value {
        Value::String(text) => text.parse()?,
        other => PolicyDocument::try_from(other)?,
    };
    document.check(kind)?;
    Ok(document)
}

fn device_record(
    place: &str,
    device: &MfaDevice,
    world: &World,
) -> Result<DeviceRecord, WorldError> {
    let fail =
        |problem: fn(String) -> Problem| WorldError::new(place, problem(device.serial.clone()));
    if crate::wire::constraint::SERIAL_NUMBER.is_broken_by(&device.serial) {
        return Err(fail(Problem::Serial));
    }
    let seed = device.seed.clone().unwrap_or_default().to_ascii_uppercase().replace([' ', '-'], "");
    let seed = BASE32_NOPAD
        .decode(seed.trim_end_matches('=').as_bytes())
        .map_err(|_| fail(Problem::Seed))?;
    if seed.is_empty() {
        return Err(fail(Problem::Seed));
    }
    // Seeds that are shorter than the RFC asks for occur in tests, and do no harm there.
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_step_duration(STEP_SECONDS)
        .with_skew(world.switches.mfa_window.0)
        .with_secret(seed)
        .build_noncompliant();
    Ok(DeviceRecord::new(device.serial.clone(), totp))
}

fn user_arn(account: &Account, user: &User) -> String {
    format!("arn:{}:iam::{}:user{}{}", account.partition, account.id, user.path, user.name)
}

fn role_arn(account: &Account, role: &Role) -> String {
    format!("arn:{}:iam::{}:role{}{}", account.partition, account.id, role.path, role.name)
}

fn duplicate(place: &str, kind: &'static str, name: &str) -> WorldError {
    WorldError::new(place, Problem::Duplicate { kind, name: name.to_owned() })
}
