//! What STS does: one file per operation, each a pure function of the world, the request and the time.
//!
//! An action reads a [`Scene`], notes in a [`Trail`] what it decided and used, and returns an answer or a refusal. It changes nothing but the count
//! of MFA checks: what follows from it, such as an MFA code being spent, is carried out by its caller. The order of the checks inside of an action is that of the service.

mod access;
mod access_key_info;
mod assume_role;
mod assume_root;
mod authorization;
mod authorization_message;
mod caller_identity;
mod context;
mod context_assertion;
mod delegated_access;
mod duration;
mod federated;
mod federation_token;
mod grant;
mod handed_out;
mod mfa;
mod operation;
mod origin;
mod outbound_issuer;
mod outbound_subject;
mod outbound_token;
mod plain;
mod regional;
mod role_arn;
#[cfg(feature = "saml")]
mod saml;
mod scene;
mod scoped_credentials;
mod session_policy;
mod session_token;
mod tags;
mod trail;
mod web_identity;

pub use self::access::{Access, authorize_access};
pub use self::authorization_message::AuthorizationMessage;
pub use self::context_assertion::ContextAssertion;
pub use self::handed_out::hand_out;
pub use self::mfa::wrong_code;
pub use self::operation::Operation;
pub use self::outbound_issuer::{OUTBOUND_ISSUERS, issuer_url, outbound_document};
pub use self::regional::check_endpoint;
#[cfg(feature = "saml")]
pub use self::saml::assume_role_with_saml;
pub use self::scene::{Endpoint, Facts, Scene};
pub use self::trail::Claimed;
pub use self::trail::{Judgement, Trail};
pub use self::web_identity::{WebIdentityClaim, unreachable_issuer};
use crate::wire::{Answer, ErrorCode, Form, Refusal};
use crate::world::Caller;

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
        Operation::AssumeRoot => assume_root::assume_root(scene, caller, form, trail),
        Operation::DecodeAuthorizationMessage => {
            authorization_message::decode_authorization_message(scene, caller, form, trail)
        }
        Operation::GetAccessKeyInfo => {
            access_key_info::get_access_key_info(scene, caller, form, trail)
        }
        Operation::GetCallerIdentity => Ok(caller_identity::get_caller_identity(caller)),
        Operation::GetDelegatedAccessToken => {
            delegated_access::get_delegated_access_token(scene, caller, form, trail)
        }
        Operation::GetFederationToken => {
            federation_token::get_federation_token(scene, caller, form, trail)
        }
        Operation::GetScopedCredentials => {
            scoped_credentials::get_scoped_credentials(scene, caller, form, trail)
        }
        Operation::GetSessionToken => session_token::get_session_token(scene, caller, form, trail),
        Operation::GetWebIdentityToken => {
            outbound_token::get_web_identity_token(scene, caller, form, trail)
        }
        // These take their proof as a parameter, and come in by other doors.
        Operation::AssumeRoleWithSaml | Operation::AssumeRoleWithWebIdentity => {
            Err(Refusal::bare(ErrorCode::InternalFailure))
        }
    }
}
