use super::{
    Scene, Trail,
    authorization::{self, Attempt, Target},
    context,
};
use crate::{
    wire::Refusal,
    world::{Caller, Identity},
};

/// Authorizes an operation about which policies of the caller alone decide.
///
/// Credentials of `GetSessionToken` and `GetFederationToken` may not call any of these, whatever the policies say.
pub(super) fn authorize(
    scene: &Scene<'_>,
    caller: &Caller,
    action: &'static str,
    on: Target<'_>,
    trail: &mut Trail,
) -> Result<(), Refusal> {
    let context = context::of_caller(scene, caller);
    let attempt = Attempt { caller, action, on, context: &context };
    let shut_out = match &caller.identity {
        Identity::Federated(_) => Some("federated users may call nothing but GetCallerIdentity"),
        Identity::User(_) if caller.session.is_some() => Some(
            "credentials of GetSessionToken may call nothing but AssumeRole and GetCallerIdentity",
        ),
        Identity::User(_) | Identity::Root | Identity::Role(_) => None,
    };
    match shut_out {
        Some(why) => {
            let tail = format!(" because no identity-based policy allows the {action} action");
            Err(authorization::denied(scene, &attempt, Some(&tail)).because(why))
        }
        None => authorization::authorize(scene, &attempt, trail),
    }
}
