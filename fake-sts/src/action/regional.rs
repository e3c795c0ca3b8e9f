use super::{Endpoint, Scene};
use crate::wire::{ErrorCode, Refusal};

/// Refuses an operation that the global endpoint does not have. The words of the real refusal are not known.
pub(super) fn check(scene: &Scene<'_>) -> Result<(), Refusal> {
    match scene.facts.endpoint {
        Endpoint::Regional => Ok(()),
        Endpoint::Global => {
            let message = "This operation is not available on the global endpoint. Use the endpoint of a region instead.";
            Err(Refusal::new(ErrorCode::AccessDenied, message))
        }
    }
}
