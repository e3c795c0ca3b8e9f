use std::collections::BTreeMap;

use roxmltree::Node;

use super::document::{ASSERTION, children, text};
use super::fault::SamlFault;

/// The attributes that AWS reads, checked as STS does.
///
/// See [SAML assertions for AWS](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html).
pub(super) struct AwsAttributes {
    pub(super) roles: Vec<(String, String)>,
    pub(super) role_session_name: String,
    pub(super) session_duration: Option<i32>,
    pub(super) source_identity: Option<String>,
    pub(super) tags: Vec<(String, String)>,
    pub(super) transitive_tag_keys: Vec<String>,
}

/// All attributes of an assertion, by name.
pub(super) fn all(assertion: Node<'_, '_>) -> BTreeMap<String, Vec<String>> {
    let mut attributes = BTreeMap::<String, Vec<String>>::new();
    let statements = children(assertion, ASSERTION, "AttributeStatement");
    for attribute in statements.flat_map(|statement| children(statement, ASSERTION, "Attribute")) {
        if let Some(name) = attribute.attribute("Name") {
            let values = children(attribute, ASSERTION, "AttributeValue").filter_map(text);
            attributes.entry(name.to_owned()).or_default().extend(values);
        }
    }
    attributes
}

impl AwsAttributes {
    pub(super) fn read(attributes: &BTreeMap<String, Vec<String>>) -> Result<Self, SamlFault> {
        let values = |name: &str| {
            attributes.get(&format!("{PREFIX}{name}")).map(Vec::as_slice).unwrap_or_default()
        };
        let role_session_name =
            values("RoleSessionName").first().ok_or(SamlFault::MissingRoleSessionName)?;
        if !is_name(role_session_name) {
            return Err(SamlFault::InvalidRoleSessionName);
        }
        let session_duration = match values("SessionDuration").first() {
            Some(seconds) => Some(duration(seconds).ok_or(SamlFault::InvalidSessionDuration)?),
            None => None,
        };
        let source_identity = values("SourceIdentity").first();
        // A name has no colon anyway; the prefix is part of the service's message.
        if source_identity.is_some_and(|identity| !is_name(identity)) {
            return Err(SamlFault::InvalidSourceIdentity);
        }
        Ok(Self {
            roles: values("Role").iter().filter_map(|pair| role_pair(pair)).collect(),
            role_session_name: role_session_name.clone(),
            session_duration,
            source_identity: source_identity.cloned(),
            tags: tags(attributes),
            transitive_tag_keys: values("TransitiveTagKeys").to_vec(),
        })
    }
}

fn tags(attributes: &BTreeMap<String, Vec<String>>) -> Vec<(String, String)> {
    let tag = |(name, values): (&String, &Vec<String>)| {
        let key = name.strip_prefix(PREFIX)?.strip_prefix("PrincipalTag:")?;
        Some((key.to_owned(), values.first().cloned().unwrap_or_default()))
    };
    attributes.iter().filter_map(tag).collect()
}

/// Provider and role, which may stand in either order.
fn role_pair(value: &str) -> Option<(String, String)> {
    let (first, second) = value.split_once(',')?;
    let (first, second) = (first.trim(), second.trim());
    match (first.contains(":saml-provider/"), second.contains(":saml-provider/")) {
        (true, false) => Some((first.to_owned(), second.to_owned())),
        (false, true) => Some((second.to_owned(), first.to_owned())),
        _ => None,
    }
}

fn duration(seconds: &str) -> Option<i32> {
    seconds.parse().ok().filter(|seconds| (900..=43_200).contains(seconds))
}

fn is_name(name: &str) -> bool {
    (2..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte))
}

pub(super) const PREFIX: &str = "https://aws.amazon.com/SAML/Attributes/";
