use crate::wire::Answer;
use crate::world::Caller;

/// [`GetCallerIdentity`](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html).
///
/// Needs no permission, and an explicit deny does not take it away.
pub(super) fn get_caller_identity(caller: &Caller) -> Answer {
    Answer::new()
        .text("Arn", caller.principal.arn())
        .text("UserId", caller.principal.user_id())
        .text("Account", caller.account.to_string())
}
