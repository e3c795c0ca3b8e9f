use super::{Endpoint, Operation};
use crate::wire::{ErrorCode, Refusal};

/// Refuses an operation that the endpoint does not have, in the words recorded in September 2026.
pub(crate) fn check_endpoint(operation: Operation, endpoint: Endpoint) -> Result<(), Refusal> {
    let message = match (endpoint, operation) {
        (Endpoint::Global, Operation::AssumeRoot) => "Unknown Operation",
        (Endpoint::Global, Operation::GetWebIdentityToken) => {
            "Operation not supported on STS global endpoint"
        }
        _ => return Ok(()),
    };
    let refusal = Refusal::new(ErrorCode::InvalidAction, message);
    Err(refusal.because("only the endpoints of regions have this operation"))
}
