use std::collections::BTreeMap;

use super::{
    AccessKey, Account, AccountId, ContextProvider, OidcKeys, OidcProvider, WorldError,
    WorldProblem as Problem,
};

/// The id of an account, if it is one.
pub(super) fn account_id(account: &Account) -> Result<AccountId, WorldError> {
    let fail = |_| {
        WorldError::new(format!("account {}", account.id), Problem::AccountId(account.id.clone()))
    };
    account.id.parse().map_err(fail)
}

/// Checks what needs nothing but the thing itself: names, paths, ids, limits.
pub(super) fn account(account: &Account) -> Result<(), WorldError> {
    let place = format!("account {}", account.id);
    let fail = |problem| WorldError::new(&place, problem);
    if !PARTITIONS.contains(&account.partition.as_str()) {
        return Err(fail(Problem::Partition(account.partition.clone())));
    }
    organization(account).map_err(fail)?;
    account.root_access_keys.iter().try_for_each(access_key).map_err(fail)?;
    account
        .managed_policies
        .iter()
        .try_for_each(|policy| managed_policy_name(&policy.name))
        .map_err(fail)?;
    for user in &account.users {
        let fail = |problem| WorldError::new(format!("{place}, user {}", user.name), problem);
        name("user", &user.name, 64).map_err(fail)?;
        path(&user.path).map_err(fail)?;
        stable_id(user.id.as_deref(), "AIDA").map_err(fail)?;
        user.access_keys.iter().try_for_each(access_key).map_err(fail)?;
        tags(&user.tags).map_err(fail)?;
    }
    for role in &account.roles {
        let fail = |problem| WorldError::new(format!("{place}, role {}", role.name), problem);
        name("role", &role.name, 64).map_err(fail)?;
        path(&role.path).map_err(fail)?;
        stable_id(role.id.as_deref(), "AROA").map_err(fail)?;
        tags(&role.tags).map_err(fail)?;
        if !(3600..=43200).contains(&role.max_session_duration) {
            return Err(fail(Problem::MaxSessionDuration(role.max_session_duration)));
        }
        if role.trust_policy.is_null() {
            return Err(fail(Problem::NoTrustPolicy));
        }
    }
    for provider in &account.oidc_providers {
        let fail =
            |problem| WorldError::new(format!("{place}, oidc_provider {}", provider.url), problem);
        oidc_provider(provider).map_err(fail)?;
        context_provider(provider.context_provider.as_ref()).map_err(fail)?;
    }
    for provider in &account.saml_providers {
        let fail =
            |problem| WorldError::new(format!("{place}, saml_provider {}", provider.name), problem);
        name("saml_provider", &provider.name, 128).map_err(fail)?;
        context_provider(provider.context_provider.as_ref()).map_err(fail)?;
    }
    Ok(())
}

const PARTITIONS: [&str; 8] =
    ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"];

fn name(kind: &'static str, name: &str, max: usize) -> Result<(), Problem> {
    let good = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
    if (1..=max).contains(&name.len()) && name.chars().all(good) {
        return Ok(());
    }
    Err(Problem::Name { kind, name: name.to_owned(), max })
}

/// A place in an organization and policies for it need one.
fn organization(account: &Account) -> Result<(), Problem> {
    let beginning = account.organization.as_ref().map(|id| format!("{id}/"));
    let is_within = |path: &String| {
        beginning.as_ref().is_some_and(|id| path.starts_with(id)) && path.ends_with('/')
    };
    if let Some(path) = account.organization_path.as_ref().filter(|path| !is_within(path)) {
        return Err(Problem::OrganizationPath(path.clone()));
    }
    if account.organization.is_none() && !account.resource_control_policies.is_empty() {
        return Err(Problem::NoOrganization);
    }
    Ok(())
}

fn managed_policy_name(full: &str) -> Result<(), Problem> {
    name("policy", full.rsplit('/').next().unwrap_or_default(), 128)
}

fn path(path: &str) -> Result<(), Problem> {
    let framed = path.starts_with('/') && path.ends_with('/') && path.len() <= 512;
    if framed && path.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    Err(Problem::Path(path.to_owned()))
}

fn stable_id(id: Option<&str>, prefix: &'static str) -> Result<(), Problem> {
    let base32 = |byte: u8| byte.is_ascii_uppercase() || (b'2'..=b'7').contains(&byte);
    match id {
        Some(id) if !id.starts_with(prefix) || id.len() != 21 || !id.bytes().all(base32) => {
            Err(Problem::StableId { id: id.to_owned(), prefix })
        }
        _ => Ok(()),
    }
}

fn access_key(key: &AccessKey) -> Result<(), Problem> {
    let word = key.id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !word || !(16..=128).contains(&key.id.len()) || key.id.starts_with("ASIA") {
        return Err(Problem::AccessKeyId(key.id.clone()));
    }
    if key.secret.is_empty() {
        return Err(Problem::EmptySecret(key.id.clone()));
    }
    Ok(())
}

fn tags(tags: &BTreeMap<String, String>) -> Result<(), Problem> {
    for (key, value) in tags {
        let reserved = key.to_ascii_lowercase().starts_with("aws:");
        if reserved || !(1..=128).contains(&key.chars().count()) || value.chars().count() > 256 {
            return Err(Problem::Tag(key.clone()));
        }
    }
    Ok(())
}

/// See [`CreateOpenIDConnectProvider`](https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html).
fn oidc_provider(provider: &OidcProvider) -> Result<(), Problem> {
    let built_in = provider.url.is_empty() && provider.keys == OidcKeys::BuiltIn;
    if !built_in && !is_issuer(&provider.url) {
        return Err(Problem::IssuerUrl(provider.url.clone()));
    }
    if provider.client_ids.len() > 100 {
        return Err(Problem::TooManyClientIds(provider.client_ids.len()));
    }
    if provider.thumbprints.len() > 5 {
        return Err(Problem::TooManyThumbprints(provider.thumbprints.len()));
    }
    let hexadecimal =
        |print: &&String| print.len() == 40 && print.bytes().all(|byte| byte.is_ascii_hexdigit());
    match provider.thumbprints.iter().find(|print| !hexadecimal(print)) {
        Some(print) => Err(Problem::Thumbprint(print.clone())),
        None => Ok(()),
    }
}

fn context_provider(provider: Option<&ContextProvider>) -> Result<(), Problem> {
    match provider.and_then(ContextProvider::fault) {
        Some(fault) => Err(Problem::ContextProvider(fault)),
        None => Ok(()),
    }
}

fn is_issuer(url: &str) -> bool {
    // A test issuer has no certificate, so `http` on this machine is taken, with its port.
    let local = |rest: &str| {
        rest.starts_with("127.0.0.1") || rest.starts_with("localhost") || rest.starts_with("[::1]")
    };
    if let Some(rest) = url.strip_prefix("http://") {
        return local(rest) && !rest.contains(['?', '#', ' ']);
    }
    let Some(rest) = url.strip_prefix("https://") else {
        return false;
    };
    let host = rest.split('/').next().unwrap_or_default();
    !host.is_empty() && !rest.contains(['?', '#', ' ']) && (local(rest) || !host.contains(':'))
}
