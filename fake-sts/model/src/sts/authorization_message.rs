use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::authorization::Target;
use super::{Scene, Trail, plain};
use crate::wire::{Answer, ErrorCode, Form, Refusal, constraint};
use crate::world::Caller;

/// Why a service denied something: what `DecodeAuthorizationMessage` makes readable.
///
/// Other services put such messages into their errors, encoded. Here, `FakeSts::encode` makes them for the service that a
/// test plays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct AuthorizationMessage {
    /// Whether a statement denied it; otherwise none allowed it.
    pub explicit_deny: bool,
    /// The ARN of the caller.
    pub principal: String,
    /// The `aws:userid` of the caller.
    pub user_id: String,
    /// What it wanted to do, such as `ec2:RunInstances`.
    pub action: String,
    /// To what.
    pub resource: String,
    /// The condition keys of the request, with their values.
    pub conditions: Vec<(String, Vec<String>)>,
}

impl AuthorizationMessage {
    /// A caller, an action and a resource.
    #[must_use]
    pub fn new(
        principal: impl Into<String>,
        action: impl Into<String>,
        resource: impl Into<String>,
    ) -> Self {
        Self {
            principal: principal.into(),
            action: action.into(),
            resource: resource.into(),
            ..Self::default()
        }
    }

    /// The text that the operation answers with.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let items = |values: &[String]| {
            values.iter().map(|value| json!({ "value": value })).collect::<Vec<_>>()
        };
        let conditions = self
            .conditions
            .iter()
            .map(|(key, values)| json!({ "key": key, "values": { "items": items(values) } }));
        json!({
            "allowed": false,
            "explicitDeny": self.explicit_deny,
            "matchedStatements": { "items": [] },
            "failures": { "items": [] },
            "context": {
                "principal": {
                    "id": self.user_id,
                    "name": self.principal.rsplit('/').next(),
                    "arn": self.principal,
                },
                "action": self.action,
                "resource": self.resource,
                "conditions": { "items": conditions.collect::<Vec<_>>() },
            },
        })
    }
}

/// [`DecodeAuthorizationMessage`](https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html).
pub(super) fn decode_authorization_message(
    scene: &Scene<'_>,
    caller: &Caller,
    form: &Form<'_>,
    trail: &mut Trail,
) -> Result<Answer, Refusal> {
    let mut input = scene.input(form);
    let encoded = input.required("EncodedMessage", &constraint::ENCODED_MESSAGE);
    input.finish()?;
    plain::authorize(scene, caller, "sts:DecodeAuthorizationMessage", Target::Nothing, trail)?;
    match scene.seal.open_message(encoded) {
        Ok(message) => Ok(Answer::new().text("DecodedMessage", message)),
        Err(fault) => {
            let code = ErrorCode::InvalidAuthorizationMessageException;
            Err(Refusal::new(code, "Message is not valid").because(fault))
        }
    }
}
