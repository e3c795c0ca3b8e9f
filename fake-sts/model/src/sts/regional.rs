use super::{Endpoint, Operation};
use crate::switches::{ScopedGlobalEndpoint, Switches};
use crate::wire::{ErrorCode, Refusal};

/// Refuses an operation that the endpoint does not have, in the words recorded in September 2026.
///
/// # Errors
///
/// `InvalidAction`, in the words of the operation.
pub fn check_endpoint(
    switches: &Switches,
    operation: Operation,
    endpoint: Endpoint,
) -> Result<(), Refusal> {
    let message = match (endpoint, operation) {
        (Endpoint::Global, Operation::AssumeRoot) => UNKNOWN,
        (Endpoint::Global, Operation::GetWebIdentityToken) => NOT_SUPPORTED,
        (Endpoint::Global, Operation::GetScopedCredentials) => {
            match switches.scoped_global_endpoint {
                ScopedGlobalEndpoint::NotSupported => NOT_SUPPORTED,
                ScopedGlobalEndpoint::UnknownOperation => UNKNOWN,
            }
        }
        _ => return Ok(()),
    };
    let refusal = Refusal::new(ErrorCode::InvalidAction, message);
    Err(refusal.because("only the endpoints of regions have this operation"))
}

const UNKNOWN: &str = "Unknown Operation";

const NOT_SUPPORTED: &str = "Operation not supported on STS global endpoint";
