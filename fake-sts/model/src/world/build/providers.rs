use super::duplicate;
use crate::oidc::BUILT_IN_ISSUER;
use crate::oidc::KeySet;
use crate::world::records::{KeySource, OidcRecord};
use crate::world::{Account, AccountId, Directory, OidcKeys, WorldError, WorldProblem as Problem};

pub(super) fn add_oidc(
    directory: &mut Directory,
    account: &Account,
    id: AccountId,
) -> Result<(), WorldError> {
    for provider in &account.oidc_providers {
        // With its slash at the end, if it has one: IAM compares exactly.
        let url = if provider.url.is_empty() { BUILT_IN_ISSUER } else { &provider.url };
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
pub(super) fn add_saml(
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
        let record = crate::world::SamlRecord::new(id, provider, arn.clone())
            .map_err(|error| WorldError::new(&place, Problem::Metadata(error.to_string())))?;
        if directory.saml_providers.insert(arn, record).is_some() {
            return Err(duplicate(&place, "SAML provider", &provider.name));
        }
    }
    Ok(())
}

#[cfg(not(feature = "saml"))]
pub(super) fn add_saml(
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
