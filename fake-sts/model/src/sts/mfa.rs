use super::{Scene, Trail};
use crate::wire::{ErrorCode, Refusal};
use crate::world::{Caller, Identity, SpentCode};

/// Checks the MFA code that came with a call, if one did, and says when it was given.
///
/// An accepted code is noted in the trail, where it stays if the call fails later: a code serves once.
pub(super) fn check(
    scene: &Scene<'_>,
    caller: &Caller,
    serial: Option<&str>,
    code: Option<&str>,
    trail: &mut Trail,
) -> Result<Option<i64>, Refusal> {
    let (serial, code) = match (serial, code) {
        (None, None) => return Ok(None),
        (Some(serial), Some(code)) => (serial, code),
        _ => return Err(failed(", must provide both MFA serial number and one time pass code.")),
    };
    let devices = match &caller.identity {
        Identity::User(user) => &user.devices[..],
        Identity::Root | Identity::Role(_) | Identity::Federated(_) => &[],
    };
    let Some(device) = devices.iter().find(|device| device.serial == serial) else {
        return Err(unable().because("the caller has no such MFA device"));
    };
    let budget = scene.switches().mfa_budget;
    if !scene.spent_codes.may_verify(serial, scene.now.as_second(), budget) {
        return Err(unable().because(format!(
            "{} codes of the device were checked in this window of three minutes, which is all that are",
            budget.0
        )));
    }
    let spent = device.step_of(code, scene.now).map(|step| SpentCode::new(serial, step));
    let Some(spent) = spent else {
        return Err(
            wrong_code().because("the code is not one of the window around the present time")
        );
    };
    if scene.spent_codes.is_spent(&spent, scene.switches().mfa_replay) {
        return Err(wrong_code().because("the code has been used before"));
    }
    trail.spent_code = Some(spent);
    Ok(Some(scene.now.as_second()))
}

/// The response to a wrong or used code. The space at its end is the service's.
pub fn wrong_code() -> Refusal {
    failed(" with invalid MFA one time pass code. ")
}

fn unable() -> Refusal {
    failed(
        ", unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.",
    )
}

fn failed(how: &str) -> Refusal {
    Refusal::new(ErrorCode::AccessDenied, format!("MultiFactorAuthentication failed{how}"))
}
