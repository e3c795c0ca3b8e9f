use super::authorization::{Attempt, Target, authorize};
use super::grant::{self, Grant};
use super::session_policy::Requested;
use super::session_token::refuse_sessions;
use super::tags::Tags;
use super::{Scene, Trail, context, duration};
use crate::wire::{Answer, Form, Refusal, constraint};
use crate::world::{Caller, Identity, SessionPolicies, SessionPrincipal};

/// [`GetFederationToken`](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html).
///
/// Without a session policy, the session may do nothing.
pub(super) fn get_federation_token(
    scene: &Scene<'_>,
    caller: &Caller,
    form: &Form<'_>,
    trail: &mut Trail,
) -> Result<Answer, Refusal> {
    let mut input = scene.input(form);
    let name = input.required("Name", &constraint::FEDERATED_NAME);
    let policies = Requested::read(&mut input, &constraint::POLICY);
    let requested = input.optional_integer("DurationSeconds", &duration::OF_USERS);
    let tags = Tags::read(&mut input);
    let minimum_token_size = grant::minimum_token_size(&mut input);
    input.finish()?;
    refuse_sessions(caller, "GetFederationToken")?;
    let (partition, account) = (caller.principal.partition(), caller.account);
    let arn = format!("arn:{partition}:sts::{account}:federated-user/{name}");
    trail.subject = Some(arn.clone());
    check_permission(scene, caller, &arn, &tags, trail)?;

    let issuer = match &caller.identity {
        Identity::User(user) => Some(user.id().to_owned()),
        Identity::Root | Identity::Role(_) | Identity::Federated(_) => None,
    };
    let principal = SessionPrincipal::Federated { issuer, name: name.to_owned() };
    let mut grant = Grant::new(scene, account, principal, duration::of_user(requested, caller));
    grant.minimum_token_size = minimum_token_size;
    grant.session.tags = tags.merge()?.tags;
    grant.session.policies = match policies.check(scene, account)? {
        SessionPolicies::None => SessionPolicies::Only { inline: None, managed: Vec::new() },
        only => only,
    };
    let issued = grant.issue(scene)?;
    let user = Answer::new().text("FederatedUserId", format!("{account}:{name}")).text("Arn", arn);
    let answer = Answer::new()
        .structure("Credentials", issued.credentials.answer())
        .structure("FederatedUser", user)
        // Where others leave the member out, there is a zero here.
        .number("PackedPolicySize", issued.packed_size.unwrap_or(0));
    Ok(issued.with_size(answer))
}

fn check_permission(
    scene: &Scene<'_>,
    caller: &Caller,
    arn: &str,
    tags: &Tags,
    trail: &mut Trail,
) -> Result<(), Refusal> {
    let mut context = context::of_caller(scene, caller);
    tags.set(&mut context);
    let mut may = |action| {
        authorize(
            scene,
            &Attempt { caller, action, on: Target::Arn(arn), context: &context },
            trail,
        )
    };
    may("sts:GetFederationToken")?;
    if tags.is_empty() { Ok(()) } else { may("sts:TagSession") }
}
