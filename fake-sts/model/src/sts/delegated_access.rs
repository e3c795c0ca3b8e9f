use super::authorization::Target;
use super::grant::Grant;
use super::{Scene, Trail, plain};
use crate::wire::{Answer, ErrorCode, Form, Refusal, constraint};
use crate::world::{Caller, SessionPrincipal};

/// How long the credentials last. The service does not say; an hour is what its other operations default to.
const DURATION: i64 = 3600;

/// [`GetDelegatedAccessToken`](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetDelegatedAccessToken.html).
///
/// Trade-in tokens are opaque, and handed out by other services; here the world says which there are.
pub(super) fn get_delegated_access_token(
    scene: &Scene<'_>,
    caller: &Caller,
    form: &Form<'_>,
    trail: &mut Trail,
) -> Result<Answer, Refusal> {
    let mut input = scene.input(form);
    let token = input.required("TradeInToken", &constraint::TRADE_IN_TOKEN);
    input.finish()?;
    plain::authorize(scene, caller, "sts:GetDelegatedAccessToken", Target::Nothing, trail)?;
    let tokens = &scene.directory.world().trade_in_tokens;
    let Some(token) = tokens.iter().find(|known| known.is(token)) else {
        let refusal = Refusal::new(ErrorCode::AccessDenied, "The trade-in token is not valid.");
        return Err(refusal.because("trade_in_tokens of the world has no such token"));
    };
    if token.expires.is_some_and(|expires| scene.now >= expires) {
        let message = "The trade-in token provided in the request has expired and can no longer be exchanged for credentials.";
        return Err(Refusal::new(ErrorCode::ExpiredTradeInTokenException, message));
    }
    let Some(role) = scene.directory.role(&token.role) else {
        let refusal = Refusal::new(ErrorCode::AccessDenied, "The trade-in token is not valid.");
        return Err(refusal.because("the role of the trade-in token does not exist"));
    };
    trail.subject = Some(role.arn.clone());
    let principal =
        SessionPrincipal::Role { id: role.id.clone(), session_name: token.session_name.clone() };
    let issued = Grant::new(scene, role.account, principal, DURATION).issue(scene)?;
    Ok(Answer::new()
        .structure("Credentials", issued.credentials.answer())
        .text("AssumedPrincipal", &role.arn))
}
