use super::authorization::Target;
use super::{Scene, Trail, plain};
use crate::wire::{Answer, ErrorCode, Form, Refusal, constraint};
use crate::world::{Caller, account_of_id};

/// [`GetAccessKeyInfo`](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html).
///
/// Answers for keys that exist, and for all others whose account can be read from the id.
pub(super) fn get_access_key_info(
    scene: &Scene<'_>,
    caller: &Caller,
    form: &Form<'_>,
    trail: &mut Trail,
) -> Result<Answer, Refusal> {
    let mut input = scene.input(form);
    let access_key_id = input.required("AccessKeyId", &constraint::ACCESS_KEY_ID);
    input.finish()?;
    trail.subject = Some(access_key_id.to_owned());
    plain::authorize(scene, caller, "sts:GetAccessKeyInfo", Target::Nothing, trail)?;
    let account =
        scene.directory.account_of_key(access_key_id).or_else(|| account_of_id(access_key_id));
    match account {
        Some(account) => Ok(Answer::new().text("Account", account.to_string())),
        None => {
            Err(Refusal::new(ErrorCode::ValidationError, format!("{access_key_id} is invalid")))
        }
    }
}
