use std::path::Path;

use stscreds::provider::{PolicyArns, SessionDuration, SessionPolicy};

use super::step::{RoleStep, session_tags};
use crate::arguments::Options;
use crate::failure::Failure;

/// Applies the options of the command line to the last role, or refuses them where the
/// profile has none.
pub(super) fn last_role(
    profile: &str,
    roles: &mut Vec<RoleStep>,
    options: &Options,
) -> Result<(), Failure> {
    if let Some(arn) = &options.role_arn {
        roles.push(RoleStep::bare(profile, arn.parse()?));
    }
    let Some(role) = roles.last_mut() else { return demand_role(profile, options) };
    if let Some(id) = &options.external_id {
        role.external_id = Some(id.parse()?);
    }
    if let Some(name) = &options.session_name {
        role.session_name = Some(name.parse()?);
    }
    if let Some(identity) = &options.source_identity {
        role.source_identity = Some(identity.parse()?);
    }
    if let Some(duration) = options.duration {
        role.duration = Some(SessionDuration::try_from(duration)?);
    }
    if !options.tags.is_empty() || !options.transitive.is_empty() {
        role.tags = Some(session_tags("--tag", &options.tags, &options.transitive)?);
    }
    if let Some(path) = &options.policy {
        role.policy = Some(policy_in(path)?);
    }
    if !options.policy_arns.is_empty() {
        role.policy_arns = Some(PolicyArns::new(options.policy_arns.iter().cloned())?);
    }
    if let (Some(serial), Some(first)) = (&options.mfa_serial, roles.first_mut()) {
        first.mfa_serial = Some(serial.parse()?);
    }
    Ok(())
}

fn demand_role(profile: &str, options: &Options) -> Result<(), Failure> {
    let given = [
        ("--external-id", options.external_id.is_some()),
        ("--session-name", options.session_name.is_some()),
        ("--source-identity", options.source_identity.is_some()),
        ("--tag", !options.tags.is_empty()),
        ("--transitive", !options.transitive.is_empty()),
        ("--policy", options.policy.is_some()),
        ("--policy-arn", !options.policy_arns.is_empty()),
    ];
    match given.iter().find(|(_, given)| *given) {
        Some((option, _)) => Err(Failure::usage(format!(
            "{option} needs a role, and profile {profile:?} assumes none; give --role-arn"
        ))),
        None => Ok(()),
    }
}

/// A session policy, checked for the mistakes that can be found without STS: the error
/// has the place and no part of the text.
fn policy_in(path: &Path) -> Result<SessionPolicy, Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("cannot read the policy {shown}: {error}")))?;
    let document: serde_json::Value = serde_json::from_str(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let what = if error.is_eof() { "it ends too early" } else { "it is not JSON" };
        Failure::usage(format!(
            "the policy {shown} is malformed: {what}, line {line}, column {column}"
        ))
    })?;
    if !document.get("Statement").is_some_and(|s| s.is_object() || s.is_array()) {
        return Err(Failure::usage(format!(
            "the policy {shown} is malformed: it has no Statement"
        )));
    }
    // White space counts towards STS's limit, and a file is written for people.
    Ok(document.to_string().parse()?)
}
