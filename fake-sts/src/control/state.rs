use std::sync::Arc;

use axum::extract::State as Shared;
use axum::response::Response;
use serde_json::Value;

use super::body::Sent;
use super::error::{ControlError, json};
use crate::state::State;
use crate::world::World;

pub(super) async fn show(Shared(state): Shared<Arc<State>>) -> Response {
    shown(&state)
}

pub(super) async fn replace(
    Shared(state): Shared<Arc<State>>,
    body: Sent,
) -> Result<Response, ControlError> {
    let world = body.json::<World>(WORLD)?;
    state.set_world(world).map_err(|error| ControlError::bad_request(error.to_string()))?;
    Ok(shown(&state))
}

pub(super) async fn patch(
    Shared(state): Shared<Arc<State>>,
    body: Sent,
) -> Result<Response, ControlError> {
    let patch = body.json::<Value>(EXAMPLE)?;
    state.patch_world(&patch).map_err(|error| ControlError::bad_request(error.to_string()))?;
    Ok(shown(&state))
}

/// The list has to be there: a world without anybody would otherwise be a slip away from `{}`, or from a patch sent here.
const WORLD: &str = r#"a world as GET answers it, such as {"accounts": []} for one in which nobody exists; PATCH changes a part"#;

const EXAMPLE: &str = r#"{"accounts": {"111122223333": {"roles": {"old": null}}}}"#;

fn shown(state: &State) -> Response {
    // A world is names, texts, numbers and JSON, all of which JSON can hold.
    json(&serde_json::to_value(state.directory().world()).unwrap_or(Value::Null))
}
