use super::{Judgement, Scene, Trail};
use crate::policy::{
    self, Context, NamedPolicy, PolicyDocument, Question, Request, ResourcePolicy,
};
use crate::switches::AccessDeniedStyle;
use crate::wire::{ErrorCode, Refusal};
use crate::world::{Caller, RoleRecord, SessionPolicies};

/// Something that a caller wants to do.
#[derive(Clone, Copy)]
pub(super) struct Attempt<'a> {
    pub(super) caller: &'a Caller,
    pub(super) action: &'a str,
    pub(super) on: Target<'a>,
    pub(super) context: &'a Context,
}

/// To what.
#[derive(Clone, Copy)]
pub(super) enum Target<'a> {
    /// A role with its trust policy.
    Role(&'a RoleRecord),
    /// A resource without a policy of its own.
    Arn(&'a str),
    /// The caller's own session, whose denial says which policy is missing.
    Itself(&'a str),
    /// A resource of another service, whose denial says which policy is missing.
    Other(&'a str),
    /// An action that knows no resources.
    Nothing,
}

/// Whether it may.
pub(super) fn authorize(
    scene: &Scene<'_>,
    attempt: &Attempt<'_>,
    trail: &mut Trail,
) -> Result<(), Refusal> {
    let caller = attempt.caller;
    let session_policies = session_policies(scene, caller);
    let scope_downs = scope_downs(caller);
    let account;
    let resource_policy = match attempt.on {
        Target::Role(role) => {
            account = role.account.to_string();
            Some(ResourcePolicy { document: &role.trust, account: &account })
        }
        Target::Arn(_) | Target::Itself(_) | Target::Other(_) | Target::Nothing => None,
    };
    let decision = policy::authorize(&Question {
        request: Request {
            principal: &caller.principal,
            action: attempt.action,
            resource: attempt.on.arn().unwrap_or("*"),
            context: attempt.context,
        },
        resource_policy,
        identity_policies: caller.policies(),
        permissions_boundary: caller.permissions_boundary(),
        session_policies: session_policies.as_deref(),
        resource_control_policies: match attempt.on {
            Target::Role(role) => scene.directory.resource_control_policies(role.account),
            _ => &[],
        },
        scope_downs: &scope_downs,
        scoped_session_arn: scene.switches().scoped_session_arn,
    });
    let outcome = if decision.is_allowed() {
        Ok(())
    } else {
        let tail = decision.message_tail(attempt.action);
        let reason = decision.to_string();
        Err(denied(scene, attempt, tail.as_deref()).because(reason))
    };
    trail.judgements.push(Judgement { action: attempt.action.to_owned().into(), decision });
    outcome
}

/// The answer to an attempt that is not authorized.
///
/// With the bare style, nothing tells a role that does not exist from one that does not trust the caller.
pub(super) fn denied(scene: &Scene<'_>, attempt: &Attempt<'_>, tail: Option<&str>) -> Refusal {
    let (caller, action) = (attempt.caller.principal.arn(), attempt.action);
    let mut message = format!("User: {caller} is not authorized to perform: {action}");
    if let Some(arn) = attempt.on.arn() {
        message.push_str(" on resource: ");
        message.push_str(arn);
    }
    let is_of_organization = tail.is_some_and(|tail| tail.contains("resource control policy"));
    let with_tail = match scene.switches().access_denied {
        AccessDeniedStyle::AsObserved if is_of_organization => true,
        AccessDeniedStyle::AsObserved => {
            matches!(attempt.on, Target::Itself(_) | Target::Other(_) | Target::Nothing)
        }
        AccessDeniedStyle::Bare => false,
        AccessDeniedStyle::Context => true,
    };
    if let Some(tail) = tail.filter(|_| with_tail) {
        message.push_str(tail);
    }
    Refusal::new(ErrorCode::AccessDenied, message)
}

/// The session policies of the caller, or nothing if its session has none or it is no session.
fn session_policies(scene: &Scene<'_>, caller: &Caller) -> Option<Vec<NamedPolicy>> {
    let SessionPolicies::Only { inline, managed } = &caller.session.as_ref()?.policies else {
        return None;
    };
    let inline = inline
        .iter()
        .filter_map(|text| Some(NamedPolicy::new("session policy", text.parse().ok()?)));
    let managed = managed.iter().filter_map(|arn| scene.directory.managed_policy(arn).cloned());
    Some(inline.chain(managed).collect())
}

/// The scope-down policies of the caller's session, oldest first.
///
/// They were checked when they were passed. A text that is no policy any more must not widen what the session may do, so it allows nothing.
fn scope_downs(caller: &Caller) -> Vec<NamedPolicy> {
    let texts = caller.session.iter().flat_map(|session| &session.scope_downs);
    texts
        .map(|text| {
            let document = text.parse().unwrap_or_else(|_| PolicyDocument::nothing());
            NamedPolicy::new("scope-down policy", document)
        })
        .collect()
}

impl<'a> Target<'a> {
    fn arn(self) -> Option<&'a str> {
        match self {
            Self::Role(role) => Some(&role.arn),
            Self::Arn(arn) | Self::Itself(arn) | Self::Other(arn) => Some(arn),
            Self::Nothing => None,
        }
    }
}
