use super::{Judgement, Scene, Trail, context, duration, tags::Tags};
use crate::{
    policy::{self, Context, Principal, Question, Request, ResourcePolicy},
    wire::{ErrorCode, Refusal},
    world::RoleRecord,
};

/// Somebody who has no keys, but a token or an assertion of an identity provider.
#[derive(Debug)]
pub(super) struct Bearer<'a> {
    pub(super) principal: &'a Principal,
    /// `sts:AssumeRoleWithWebIdentity` or `sts:AssumeRoleWithSAML`.
    pub(super) action: &'static str,
    pub(super) session_name: &'a str,
    pub(super) duration: Option<i32>,
    pub(super) tags: &'a Tags,
    pub(super) source_identity: Option<&'a str>,
}

/// The role and the duration of its session, if the role trusts the bearer.
///
/// Only the trust policy decides: a bearer has no policies of its own. The limit on durations comes before it.
pub(super) fn permitted_role<'s>(
    scene: &Scene<'s>,
    bearer: &Bearer<'_>,
    role_arn: &str,
    mut context: Context,
    trail: &mut Trail,
) -> Result<(&'s RoleRecord, i64), Refusal> {
    let Some(role) = scene.directory.role(role_arn) else {
        return Err(denied(bearer.action).because("there is no such role"));
    };
    let duration = duration::of_role(bearer.duration, role.max_session_duration, false)?;
    context::set_role(&mut context, role);
    bearer.tags.set(&mut context);
    let mut assume = context.clone();
    assume.set("sts:RoleSessionName", bearer.session_name);
    if let Some(seconds) = bearer.duration {
        assume.set("sts:DurationSeconds", seconds.to_string());
    }
    if let Some(source_identity) = bearer.source_identity {
        assume.set("sts:SourceIdentity", source_identity);
    }
    authorize(role, bearer.principal, bearer.action, &assume, trail)?;
    if !bearer.tags.is_empty() {
        authorize(role, bearer.principal, "sts:TagSession", &context, trail)?;
    }
    if let Some(source_identity) = bearer.source_identity {
        context.set("sts:SourceIdentity", source_identity);
        authorize(role, bearer.principal, "sts:SetSourceIdentity", &context, trail)?;
    }
    Ok((role, duration))
}

fn authorize(
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
        session_policies: None,
    });
    let outcome =
        if decision.is_allowed() { Ok(()) } else { Err(denied(action).because(&decision)) };
    trail.judgements.push(Judgement { action, decision });
    outcome
}

fn denied(action: &str) -> Refusal {
    Refusal::new(ErrorCode::AccessDenied, format!("Not authorized to perform {action}"))
}
