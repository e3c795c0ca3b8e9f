use super::authorization::{self, Attempt, Target};
use super::{Scene, Trail, context};
use crate::wire::Refusal;
use crate::world::Caller;

/// What a caller wants to do with another service than STS.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "code that makes it must give every part")]
pub struct Access<'a> {
    /// The action, such as `s3:GetObject`.
    pub action: &'a str,
    /// The ARN of the resource; `*` for actions without one.
    pub resource: &'a str,
    /// The condition keys that the service adds, such as `s3:prefix`.
    pub keys: &'a [(&'static str, String)],
}

/// Authorizes what a caller wants to do with another service than STS.
///
/// All policies of the caller count: its own, its permissions boundary, session policies and scope-down policies. The resource has no policy of
/// its own.
///
/// # Errors
///
/// When they do not allow it, with the policy that is missing in the message.
pub fn authorize_access(
    scene: &Scene<'_>,
    caller: &Caller,
    access: &Access<'_>,
    trail: &mut Trail,
) -> Result<(), Refusal> {
    let mut context = context::of_caller(scene, caller);
    for (name, value) in access.keys {
        context.set(name, value);
    }
    let on = if access.resource == "*" { Target::Nothing } else { Target::Other(access.resource) };
    let attempt = Attempt { caller, action: access.action, on, context: &context };
    authorization::authorize(scene, &attempt, trail)
}
