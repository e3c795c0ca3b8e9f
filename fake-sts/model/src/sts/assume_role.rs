use super::authorization::{Attempt, Target, authorize, denied};
use super::grant::{self, Grant};
use super::session_policy::Requested;
use super::tags::Tags;
use super::{Scene, Trail, context, context_assertion, duration, mfa, role_arn};
use crate::policy::Context;
use crate::wire::{Answer, ErrorCode, Form, Refusal, constraint};
use crate::world::{Caller, Identity, RoleRecord, SessionPrincipal};

/// The parameters, each within its constraints.
struct Parameters<'a> {
    role_arn: &'a str,
    session_name: &'a str,
    duration: Option<i32>,
    external_id: Option<&'a str>,
    serial_number: Option<&'a str>,
    token_code: Option<&'a str>,
    source_identity: Option<&'a str>,
    policies: Requested<'a>,
    tags: Tags,
    provided_contexts: Vec<[Option<&'a str>; 2]>,
    minimum_token_size: Option<i32>,
}

/// [`AssumeRole`](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html).
pub(super) fn assume_role(
    scene: &Scene<'_>,
    caller: &Caller,
    form: &Form<'_>,
    trail: &mut Trail,
) -> Result<Answer, Refusal> {
    let parameters = Parameters::read(scene, caller, form)?;
    trail.subject = Some(parameters.role_arn.to_owned());
    role_arn::check(parameters.role_arn)?;
    if matches!(caller.identity, Identity::Root) {
        return Err(Refusal::new(
            ErrorCode::AccessDenied,
            "Roles may not be assumed by root accounts.",
        ));
    }
    let mfa_at = mfa::check(scene, caller, parameters.serial_number, parameters.token_code, trail)?;
    let source_identity =
        parameters.source_identity.map(str::to_owned).or_else(|| inherited_identity(caller));
    let origin = context_assertion::asserted(scene, &parameters.provided_contexts);
    let mut common = context::of_caller(scene, caller);
    context::set_origin(&mut common, origin.as_ref().ok().and_then(Option::as_ref));
    if mfa_at.is_some() {
        common.set("aws:MultiFactorAuthPresent", "true").set("aws:MultiFactorAuthAge", "0");
    }
    let source = source_identity.as_deref();
    let role = permitted_role(scene, caller, &parameters, common, source, trail)?;
    let origin = origin?;
    check_source_identity(caller, parameters.source_identity)?;
    let Parameters { tags, policies, session_name, .. } = parameters;
    let tags = tags.merge()?;
    let duration = duration::of_role(
        parameters.duration,
        role.max_session_duration,
        caller.session.is_some(),
    )?;
    let session_policies = policies.check(scene, role.account)?;

    let principal =
        SessionPrincipal::Role { id: role.id.clone(), session_name: session_name.to_owned() };
    let mut grant = Grant::new(scene, role.account, principal, duration);
    grant.minimum_token_size = parameters.minimum_token_size;
    let session = &mut grant.session;
    (session.tags, session.transitive_tag_keys) = (tags.tags, tags.transitive_keys);
    session.policies = session_policies;
    session.source_identity = source_identity;
    session.origin = origin;
    let issued = grant.issue(scene)?;
    let answer = Answer::new()
        .structure("AssumedRoleUser", assumed_role_user(role, session_name))
        .structure("Credentials", issued.credentials.answer())
        .optional_number("PackedPolicySize", issued.packed_size)
        .optional_text("SourceIdentity", grant.session.source_identity.as_deref());
    Ok(issued.with_size(answer))
}

/// The structure `AssumedRoleUser` of an answer. The path of the role is not in it.
pub(super) fn assumed_role_user(role: &RoleRecord, session_name: &str) -> Answer {
    let RoleRecord { partition, account, name, id, .. } = role;
    Answer::new()
        .text("AssumedRoleId", format!("{id}:{session_name}"))
        .text("Arn", format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session_name}"))
}

impl<'a> Parameters<'a> {
    fn read(scene: &Scene<'_>, caller: &Caller, form: &'a Form<'a>) -> Result<Self, Refusal> {
        let mut input = scene.input(form);
        let source_identity =
            constraint::SESSION_NAME.up_to(scene.switches().source_identity.characters());
        let assertion =
            constraint::CONTEXT_ASSERTION.up_to(scene.switches().context_assertion.characters());
        let contexts = [("ProviderArn", &constraint::ARN), ("ContextAssertion", &assertion)];
        let parameters = Self {
            role_arn: input.required("RoleArn", &constraint::ARN),
            session_name: input.required("RoleSessionName", &constraint::SESSION_NAME),
            policies: Requested::read(&mut input, &constraint::POLICY.up_to(usize::MAX)),
            duration: input.optional_integer("DurationSeconds", &duration::OF_ROLES),
            tags: Tags::read_with_transitive(&mut input, caller.session.as_ref()),
            external_id: input.optional("ExternalId", &constraint::EXTERNAL_ID),
            serial_number: input.optional("SerialNumber", &constraint::SERIAL_NUMBER),
            token_code: input.optional("TokenCode", &constraint::TOKEN_CODE),
            source_identity: input.optional("SourceIdentity", &source_identity),
            provided_contexts: input.optional_structures("ProvidedContexts", contexts),
            minimum_token_size: grant::minimum_token_size(&mut input),
        };
        input.list_length("ProvidedContexts", parameters.provided_contexts.len(), &(0..=5));
        input.finish()?;
        Ok(parameters)
    }
}

/// The role, if it exists and the caller may assume it with these tags and this source identity.
fn permitted_role<'s>(
    scene: &Scene<'s>,
    caller: &Caller,
    parameters: &Parameters<'_>,
    mut common: Context,
    source_identity: Option<&str>,
    trail: &mut Trail,
) -> Result<&'s RoleRecord, Refusal> {
    parameters.tags.set(&mut common);
    let role = within_reach(scene, caller, parameters.role_arn).map_err(|why| {
        let on = Target::Arn(parameters.role_arn);
        let attempt = Attempt { caller, action: "sts:AssumeRole", on, context: &common };
        let tail = " because no resource-based policy allows the sts:AssumeRole action";
        denied(scene, &attempt, Some(tail)).because(why)
    })?;
    context::set_role(&mut common, role);
    let mut may = |action: &'static str, context: &Context| {
        authorize(scene, &Attempt { caller, action, on: Target::Role(role), context }, trail)
    };

    // What only the first question is about goes in and out again: a copy of a whole context costs more than to ask.
    common.set("sts:RoleSessionName", parameters.session_name);
    for (key, value) in
        [("sts:ExternalId", parameters.external_id), ("sts:SourceIdentity", source_identity)]
    {
        if let Some(value) = value {
            common.set(key, value);
        }
    }
    if let Some(duration) = parameters.duration {
        common.set("sts:DurationSeconds", duration.to_string());
    }
    may("sts:AssumeRole", &common)?;
    for key in OF_ASSUME_ROLE {
        common.remove(key);
    }
    if !parameters.tags.is_empty() {
        may("sts:TagSession", &common)?;
    }
    if let Some(source_identity) = source_identity {
        common.set("sts:SourceIdentity", source_identity);
        may("sts:SetSourceIdentity", &common)?;
    }
    if !parameters.provided_contexts.is_empty() {
        may("sts:SetContext", &common)?;
    }
    Ok(role)
}

/// The role, unless no policy could let the caller assume it, and why not.
fn within_reach<'s>(
    scene: &Scene<'s>,
    caller: &Caller,
    arn: &str,
) -> Result<&'s RoleRecord, &'static str> {
    let role = scene.directory.role(arn).ok_or("there is no such role")?;
    if matches!(caller.identity, Identity::Federated(_)) {
        return Err("federated users may not assume roles");
    }
    if role.partition != caller.principal.partition() {
        return Err("the role is in another partition than the caller");
    }
    Ok(role)
}

/// The condition keys that `sts:AssumeRole` has, and the further actions that a call may need have not.
const OF_ASSUME_ROLE: [&str; 4] =
    ["sts:RoleSessionName", "sts:ExternalId", "sts:SourceIdentity", "sts:DurationSeconds"];

fn inherited_identity(caller: &Caller) -> Option<String> {
    caller.session.as_ref()?.source_identity.clone()
}

/// Once set, a source identity stays for all sessions that follow.
fn check_source_identity(caller: &Caller, requested: Option<&str>) -> Result<(), Refusal> {
    let set = caller.session.as_ref().and_then(|session| session.source_identity.as_deref());
    match (set, requested) {
        (Some(set), Some(requested)) if set != requested => {
            let message = "The source identity is already set for this assume role session";
            Err(Refusal::new(ErrorCode::ValidationError, message))
        }
        _ => Ok(()),
    }
}
