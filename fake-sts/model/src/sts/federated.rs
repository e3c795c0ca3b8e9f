use super::grant::{Grant, Issued};
use super::session_policy::Requested;
use super::tags::Tags;
use super::{Judgement, Scene, Trail, context, duration};
use crate::policy::{self, Context, Principal, Question, Request, ResourcePolicy};
use crate::switches::ScopedSessionArn;
use crate::wire::{ErrorCode, Refusal};
use crate::world::{OriginIdentity, RoleRecord, SessionPrincipal};

/// Somebody who has no keys, but for whom an identity provider vouches.
#[derive(Debug)]
pub(super) struct FederatedIdentity {
    /// The provider, as policies see it.
    pub(super) principal: Principal,
    /// What the provider tells about the bearer, as condition keys.
    pub(super) context: Context,
    pub(super) tags: Tags,
    pub(super) source_identity: Option<String>,
    /// Who is behind the session, where the provider has a context provider.
    pub(super) origin: Option<OriginIdentity>,
    /// The session must not outlast this, in seconds from now.
    pub(super) longest: Option<i64>,
    /// How many bytes the identity takes up in a session token.
    pub(super) len: usize,
}

/// The role session that the bearer wants.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    /// `sts:AssumeRoleWithWebIdentity` or `sts:AssumeRoleWithSAML`.
    pub(super) action: &'static str,
    pub(super) role_arn: &'a str,
    pub(super) session_name: &'a str,
    pub(super) duration: Option<i32>,
    pub(super) policies: Requested<'a>,
    pub(super) minimum_token_size: Option<i32>,
}

/// The role session that it gets.
#[derive(Debug)]
pub(super) struct Assumed<'s> {
    pub(super) role: &'s RoleRecord,
    pub(super) issued: Issued,
    pub(super) source_identity: Option<String>,
    pub(super) origin: Option<OriginIdentity>,
}

/// Issues a role session, if the role trusts the bearer.
///
/// Only the trust policy decides: a bearer has no policies of its own. The limit on durations comes before it.
pub(super) fn assume<'s>(
    scene: &Scene<'s>,
    wanted: &Wanted<'_>,
    identity: FederatedIdentity,
    trail: &mut Trail,
) -> Result<Assumed<'s>, Refusal> {
    trail.claimed =
        Some(identity.tags.claims(wanted.session_name, identity.source_identity.as_deref()));
    let Some(role) = scene.directory.role(wanted.role_arn) else {
        return Err(denied(wanted.action).because("there is no such role"));
    };
    let duration = duration::of_role(wanted.duration, role.max_session_duration, false)?;
    authorize_all(scene, role, wanted, &identity, trail)?;

    let principal = SessionPrincipal::Role {
        id: role.id.clone(),
        session_name: wanted.session_name.to_owned(),
    };
    let duration = identity.longest.map_or(duration, |longest| duration.min(longest));
    let mut grant = Grant::new(scene, role.account, principal, duration);
    grant.minimum_token_size = wanted.minimum_token_size;
    grant.identity_len = identity.len;
    let session = &mut grant.session;
    let tags = identity.tags.merge()?;
    (session.tags, session.transitive_tag_keys) = (tags.tags, tags.transitive_keys);
    session.policies = wanted.policies.check(scene, role.account)?;
    session.source_identity.clone_from(&identity.source_identity);
    session.origin.clone_from(&identity.origin);
    session.federated_provider = Some(identity.principal.arn().to_owned());
    let issued = grant.issue(scene)?;
    let FederatedIdentity { source_identity, origin, .. } = identity;
    Ok(Assumed { role, issued, source_identity, origin })
}

fn authorize_all(
    scene: &Scene<'_>,
    role: &RoleRecord,
    wanted: &Wanted<'_>,
    identity: &FederatedIdentity,
    trail: &mut Trail,
) -> Result<(), Refusal> {
    let mut common = identity.context.clone();
    context::set_role(&mut common, role);
    // What policies see of a bearer, as recorded in September 2026: the provider in place of a principal, and no `aws:PrincipalArn`.
    for key in ["aws:FederatedProvider", "aws:userid"] {
        common.set(key, identity.principal.arn());
    }
    common.set("aws:PrincipalType", "User");
    common.set("aws:PrincipalAccount", role.account.to_string());
    identity.tags.set(&mut common);
    context::set_origin(&mut common, identity.origin.as_ref());
    let mut assume = common.clone();
    assume.set("sts:RoleSessionName", wanted.session_name);
    if let Some(source_identity) = &identity.source_identity {
        assume.set("sts:SourceIdentity", source_identity);
    }
    if let Some(seconds) = wanted.duration {
        assume.set("sts:DurationSeconds", seconds.to_string());
    }
    authorize(scene, role, &identity.principal, wanted.action, &assume, trail)?;
    if !identity.tags.is_empty() {
        authorize(scene, role, &identity.principal, "sts:TagSession", &common, trail)?;
    }
    if let Some(source_identity) = &identity.source_identity {
        common.set("sts:SourceIdentity", source_identity);
        authorize(scene, role, &identity.principal, "sts:SetSourceIdentity", &common, trail)?;
    }
    Ok(())
}

fn authorize(
    scene: &Scene<'_>,
    role: &RoleRecord,
    principal: &Principal,
    action: &'static str,
    context: &Context,
    trail: &mut Trail,
) -> Result<(), Refusal> {
    let account = role.account.to_string();
    let decision = policy::authorize(&Question {
        request: Request { principal, action, resource: &role.arn, context },
        resource_policy: Some(ResourcePolicy { document: &role.trust, account: &account }),
        identity_policies: &[],
        permissions_boundary: None,
        session_policies: None,
        resource_control_policies: scene.directory.resource_control_policies(role.account),
        scope_downs: &[],
        scoped_session_arn: ScopedSessionArn::default(),
    });
    let outcome =
        if decision.is_allowed() { Ok(()) } else { Err(denied(action).because(&decision)) };
    trail.judgements.push(Judgement { action: action.into(), decision });
    outcome
}

fn denied(action: &str) -> Refusal {
    Refusal::new(ErrorCode::AccessDenied, format!("Not authorized to perform {action}"))
}
