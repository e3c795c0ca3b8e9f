//! What STS does: one file per operation, each a pure function of the world, the request and the time.
//!
//! An action reads a [`Scene`], notes in a [`Trail`] what it decided and used, and returns an answer or a refusal. It changes nothing: what follows
//! from it, such as an MFA code being spent, is carried out by its caller. The order of the checks inside of an action is that of the service.

mod access_key_info;
mod assume_role;
mod authorization;
mod caller_identity;
mod context;
mod duration;
mod federated;
mod federation_token;
mod grant;
mod mfa;
mod operation;
mod plain;
mod role_arn;
mod scene;
mod session_policy;
mod session_token;
mod tags;
mod trail;
mod web_identity;

pub(crate) use self::mfa::wrong_code;
pub use self::{
    operation::Operation,
    scene::{Endpoint, Facts, Scene},
    trail::{Judgement, Trail},
    web_identity::{WebIdentityClaim, unreachable_issuer},
};
use crate::{
    wire::{Answer, ErrorCode, Form, Refusal},
    world::Caller,
};

/// Carries out an operation that needs a signature.
///
/// # Errors
///
/// What the service refuses, in its words.
pub fn signed(
    operation: Operation,
    scene: &Scene<'_>,
    caller: &Caller,
    form: &Form<'_>,
    trail: &mut Trail,
) -> Result<Answer, Refusal> {
    match operation {
        Operation::AssumeRole => assume_role::assume_role(scene, caller, form, trail),
        Operation::GetAccessKeyInfo => {
            access_key_info::get_access_key_info(scene, caller, form, trail)
        }
        Operation::GetCallerIdentity => Ok(caller_identity::get_caller_identity(caller)),
        Operation::GetFederationToken => {
            federation_token::get_federation_token(scene, caller, form, trail)
        }
        Operation::GetSessionToken => session_token::get_session_token(scene, caller, form, trail),
        // It takes its proof as a parameter, and comes in by another door.
        Operation::AssumeRoleWithWebIdentity => Err(Refusal::bare(ErrorCode::InternalFailure)),
    }
}
