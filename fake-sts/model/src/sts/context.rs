use super::Scene;
use crate::policy::Context;
use crate::world::{Caller, Identity, OriginIdentity, RoleRecord};

/// The condition keys that each signed request has.
///
/// See [global condition keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html).
pub(super) fn of_caller(scene: &Scene<'_>, caller: &Caller) -> Context {
    let mut context = of_request(scene);
    let principal = &caller.principal;
    context.set("aws:PrincipalArn", principal.principal_arn());
    context.set("aws:PrincipalAccount", principal.account());
    context.set("aws:PrincipalIsAWSService", "false");
    context.set("aws:userid", principal.user_id());
    if let Some(principal_type) = principal.principal_type() {
        context.set("aws:PrincipalType", principal_type);
    }
    if let Some(organization) =
        scene.directory.account(caller.account).and_then(|account| account.organization.as_ref())
    {
        context.set("aws:PrincipalOrgID", organization);
    }
    let account = scene.directory.account(caller.account);
    if let Some(path) = account.and_then(|account| account.organization_path.as_ref()) {
        context.set_many("aws:PrincipalOrgPaths", [path.as_str()]);
    }
    if let Identity::User(user) = &caller.identity {
        context.set("aws:username", &user.name);
    }
    for (key, value) in caller.tags() {
        context.set(&format!("aws:PrincipalTag/{key}"), value);
    }
    set_session(&mut context, scene, caller);
    context
}

/// The condition keys that each request has, signed or not.
pub(super) fn of_request(scene: &Scene<'_>) -> Context {
    let mut context = Context::new();
    let now = scene.now;
    context.set("aws:CurrentTime", now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    context.set("aws:EpochTime", now.as_second().to_string());
    context.set("aws:SecureTransport", "true");
    context.set("aws:ViaAWSService", "false");
    context.set("aws:RequestedRegion", &scene.facts.region);
    if let Some(address) = scene.facts.source_ip {
        context.set("aws:SourceIp", address.to_string());
    }
    if let Some(agent) = &scene.facts.user_agent {
        context.set("aws:UserAgent", agent);
    }
    context
}

/// The tags of a role that is to be assumed.
pub(super) fn set_role(context: &mut Context, role: &RoleRecord) {
    for (key, value) in &role.tags {
        context.set(&format!("aws:ResourceTag/{key}"), value);
        context.set(&format!("iam:ResourceTag/{key}"), value);
    }
}

/// The identity behind a session.
pub(super) fn set_origin(context: &mut Context, origin: Option<&OriginIdentity>) {
    for (key, value) in origin.iter().flat_map(|origin| origin.keys()) {
        context.set(&key, value);
    }
}

fn set_session(context: &mut Context, scene: &Scene<'_>, caller: &Caller) {
    // With long-term keys the MFA keys are absent, which is something else than false.
    let Some(session) = &caller.session else { return };
    context
        .set("aws:MultiFactorAuthPresent", if session.mfa_at.is_some() { "true" } else { "false" });
    if let Some(at) = session.mfa_at {
        context.set("aws:MultiFactorAuthAge", (scene.now.as_second() - at).to_string());
    }
    if let Ok(issued) = jiff::Timestamp::from_second(session.issued) {
        context.set("aws:TokenIssueTime", issued.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    }
    if let Some(source_identity) = &session.source_identity {
        context.set("aws:SourceIdentity", source_identity);
    }
    if let Some(provider) = &session.federated_provider {
        context.set("aws:FederatedProvider", provider);
    }
    set_origin(context, session.origin.as_ref());
}
