use super::grant::{self, Grant};
use super::{Scene, Trail, duration, mfa};
use crate::wire::{Answer, ErrorCode, Form, Refusal, constraint};
use crate::world::{Caller, Identity, SessionPrincipal};

/// [`GetSessionToken`](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html).
///
/// Needs long-term keys and no permission.
pub(super) fn get_session_token(
    scene: &Scene<'_>,
    caller: &Caller,
    form: &Form<'_>,
    trail: &mut Trail,
) -> Result<Answer, Refusal> {
    let mut input = scene.input(form);
    let requested = input.optional_integer("DurationSeconds", &duration::OF_USERS);
    let serial_number = input.optional("SerialNumber", &constraint::SERIAL_NUMBER);
    let token_code = input.optional("TokenCode", &constraint::TOKEN_CODE);
    let minimum_token_size = grant::minimum_token_size(&mut input);
    input.finish()?;
    refuse_sessions(caller, "GetSessionToken")?;
    let mfa_at = mfa::check(scene, caller, serial_number, token_code, trail)?;

    let principal = match &caller.identity {
        Identity::User(user) => SessionPrincipal::User { id: user.id().to_owned() },
        Identity::Root | Identity::Role(_) | Identity::Federated(_) => SessionPrincipal::Root,
    };
    let mut grant =
        Grant::new(scene, caller.account, principal, duration::of_user(requested, caller));
    grant.minimum_token_size = minimum_token_size;
    grant.session.mfa_at = mfa_at;
    let issued = grant.issue(scene)?;
    Ok(issued.with_size(Answer::new().structure("Credentials", issued.credentials.answer())))
}

/// Temporary credentials cannot be traded for others here.
pub(super) fn refuse_sessions(caller: &Caller, operation: &str) -> Result<(), Refusal> {
    if caller.session.is_none() {
        return Ok(());
    }
    let message = format!("Cannot call {operation} with session credentials");
    Err(Refusal::new(ErrorCode::AccessDenied, message))
}
