use super::context::Context;
use super::principal::Principal;

/// One question to a policy: may this caller do that?
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a question has these four parts; one more would change what every caller asks"
)]
pub struct Request<'a> {
    /// Who calls.
    pub principal: &'a Principal,
    /// What it wants to do, such as `sts:AssumeRole`.
    pub action: &'a str,
    /// The ARN it wants to do it to; `*` for actions without a resource.
    pub resource: &'a str,
    /// The condition keys that are present.
    pub context: &'a Context,
}
