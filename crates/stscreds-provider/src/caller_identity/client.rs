use std::sync::Arc;

use async_trait::async_trait;
use stscreds_core::Error;

use super::CallerIdentity;

/// STS as far as a program sees it that wants to know who it is.
///
/// Good for a check at start-up: it proves that there are credentials, that they
/// are valid, that STS can be reached and that the clock is right, and it
/// [needs no permission](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html).
///
/// # What an implementer owes
///
/// - One signed call of `GetCallerIdentity`.
/// - What STS answered, made an error by [`StsFault`](crate::StsFault).
#[async_trait]
pub trait CallerIdentityClient: Send + Sync {
    /// Calls `GetCallerIdentity`.
    ///
    /// # Errors
    ///
    /// STS's answer as an [`Error`], or what kept it from answering.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the call.
    async fn caller_identity(&self) -> Result<CallerIdentity, Error>;
}

#[async_trait]
impl<C: CallerIdentityClient + ?Sized> CallerIdentityClient for Arc<C> {
    async fn caller_identity(&self) -> Result<CallerIdentity, Error> {
        (**self).caller_identity().await
    }
}
