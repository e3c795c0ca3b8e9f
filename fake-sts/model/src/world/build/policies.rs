use std::collections::HashMap;

use serde_json::{Value, json};

use super::duplicate;
use crate::policy::{NamedPolicy, PolicyDocument, PolicyError, PolicyKind};
use crate::world::{Account, Directory, Policy, World, WorldError, WorldProblem as Problem};

/// The managed policies of AWS and of all accounts, by ARN.
pub(super) fn managed(world: &World) -> Result<HashMap<String, NamedPolicy>, WorldError> {
    let mut policies = HashMap::new();
    let aws = well_known();
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

/// The policies of AWS that are always there, as far as they matter to STS.
fn well_known() -> [Policy; 3] {
    let allow = |element: &str, actions: Value| json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", element: actions, "Resource": "*"}]});
    [
        Policy::new("AdministratorAccess", allow("Action", json!("*"))),
        Policy::new(
            "PowerUserAccess",
            allow("NotAction", json!(["iam:*", "organizations:*", "account:*"])),
        ),
        Policy::new(
            "ReadOnlyAccess",
            allow(
                "Action",
                json!(["sts:GetAccessKeyInfo", "sts:GetCallerIdentity", "sts:GetSessionToken"]),
            ),
        ),
    ]
}

/// The inline and managed policies of a user or role.
pub(super) fn of(
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

/// The resource control policies that bind what is in an account: those of the account that manages its organization, unless it is that account.
pub(super) fn resource_control(
    account: &Account,
    world: &World,
) -> Result<Vec<NamedPolicy>, WorldError> {
    // Its own are read as well, or a mistake in them would show only with the first other account.
    resource_control_of(account)?;
    let others = world.accounts.iter().filter(|other| other.id != account.id);
    let managing = others
        .filter(|other| other.organization.is_some() && other.organization == account.organization);
    Ok(managing.map(resource_control_of).collect::<Result<Vec<_>, _>>()?.concat())
}

/// The resource control policies of the organization that an account manages, each under its ARN.
fn resource_control_of(account: &Account) -> Result<Vec<NamedPolicy>, WorldError> {
    let Account { partition, id, organization, .. } = account;
    let organization = organization.as_deref().unwrap_or_default();
    let named = account.resource_control_policies.iter().map(|policy| {
        let document =
            document(&policy.document, PolicyKind::ResourceControl).map_err(|error| {
                let name = policy.name.clone();
                WorldError::new(format!("account {id}"), Problem::Policy { name, error })
            })?;
        let arn = format!(
            "arn:{partition}:organizations::{id}:policy/{organization}/resource_control_policy/{}",
            policy.name
        );
        Ok(NamedPolicy::new(arn, document))
    });
    named.collect()
}

/// The managed policy that limits a user or role.
pub(super) fn boundary(
    directory: &Directory,
    place: &str,
    arn: Option<&String>,
) -> Result<Option<Vec<NamedPolicy>>, WorldError> {
    arn.map(|arn| of(directory, place, &[], std::slice::from_ref(arn))).transpose()
}

fn named_policy(place: &str, name: &str, value: &Value) -> Result<NamedPolicy, WorldError> {
    match document(value, PolicyKind::Identity) {
        Ok(document) => Ok(NamedPolicy::new(name, document)),
        Err(error) => Err(WorldError::new(place, Problem::Policy { name: name.to_owned(), error })),
    }
}

/// A policy, read and checked for its place.
pub(super) fn document(value: &Value, kind: PolicyKind) -> Result<PolicyDocument, PolicyError> {
    let document = match value {
        Value::String(text) => text.parse()?,
        other => PolicyDocument::try_from(other)?,
    };
    document.check(kind)?;
    Ok(document)
}
