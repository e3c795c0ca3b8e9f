use super::authorization::{self, Attempt, Target};
use super::{Scene, Trail, context};
use crate::policy::Context;
use crate::wire::Refusal;
use crate::world::{Caller, Identity};

/// Authorizes an operation about which policies of the caller alone decide.
///
/// Credentials of `GetSessionToken` and `GetFederationToken` may call none of these but `GetDelegatedAccessToken` and `GetScopedCredentials`,
/// whatever the policies say.
pub(super) fn authorize(
    scene: &Scene<'_>,
    caller: &Caller,
    action: &'static str,
    on: Target<'_>,
    trail: &mut Trail,
) -> Result<(), Refusal> {
    shut_out(scene, caller, action)?;
    let context = context::of_caller(scene, caller);
    authorization::authorize(scene, &Attempt { caller, action, on, context: &context }, trail)
}

/// Refuses callers that no policy could help.
fn shut_out(scene: &Scene<'_>, caller: &Caller, action: &'static str) -> Result<(), Refusal> {
    if matches!(action, "sts:GetDelegatedAccessToken" | "sts:GetScopedCredentials") {
        return Ok(());
    }
    let why = match &caller.identity {
        Identity::Federated(_) => {
            "federated users may call GetCallerIdentity, GetDelegatedAccessToken and GetScopedCredentials alone"
        }
        Identity::User(_) if caller.session.is_some() => {
            "credentials of GetSessionToken may call AssumeRole, GetCallerIdentity, GetDelegatedAccessToken, GetScopedCredentials and GetWebIdentityToken alone"
        }
        Identity::User(_) | Identity::Root | Identity::Role(_) => return Ok(()),
    };
    let context = Context::new();
    let attempt = Attempt { caller, action, on: Target::Nothing, context: &context };
    let tail = format!(" because no identity-based policy allows the {action} action");
    Err(authorization::denied(scene, &attempt, Some(&tail)).because(why))
}
