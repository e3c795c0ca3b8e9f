use crate::wire::{ErrorCode, Refusal};

/// Why a request is not accepted as signed, before any key is looked up.
///
/// `Display` is the message of the service.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthFault {
    /// Neither a header nor a query signs the request.
    #[error("Request is missing Authentication Token")]
    Missing,
    /// A header and a query both sign it; the service answers without a message.
    #[error("both an Authorization header and an X-Amz-Algorithm parameter")]
    Ambiguous,
    /// A part is missing or cannot be read.
    #[error("{0}")]
    Incomplete(String),
    /// The parts are readable and wrong: the host not signed, the time out of its window, the scope not ours.
    #[error("{0}")]
    DoesNotMatch(String),
}

impl From<AuthFault> for Refusal {
    fn from(fault: AuthFault) -> Self {
        match &fault {
            AuthFault::Missing => {
                Self::new(ErrorCode::MissingAuthenticationToken, fault.to_string())
            }
            AuthFault::Ambiguous => Self::bare(ErrorCode::SignatureDoesNotMatch).because(fault),
            AuthFault::Incomplete(message) => {
                Self::new(ErrorCode::IncompleteSignature, message.as_str())
            }
            AuthFault::DoesNotMatch(message) => {
                Self::new(ErrorCode::SignatureDoesNotMatch, message.as_str())
            }
        }
    }
}
