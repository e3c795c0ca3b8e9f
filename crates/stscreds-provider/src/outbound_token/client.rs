use std::sync::Arc;

use async_trait::async_trait;
use stscreds_core::Error;

use super::{OutboundToken, OutboundTokenRequest};

/// STS as far as [`OutboundTokenProvider`](super::OutboundTokenProvider) sees it.
///
/// # What an implementer owes
///
/// - One call of
///   [GetWebIdentityToken](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html)
///   with every member of the request that is set, at a regional endpoint: the global one
///   does not have the operation.
/// - Silence about the token in logs and errors.
/// - Otherwise as [`AssumeRoleClient`](crate::AssumeRoleClient).
#[async_trait]
pub trait OutboundTokenClient: Send + Sync {
    /// Calls `GetWebIdentityToken`.
    ///
    /// # Errors
    ///
    /// STS's answer as an [`Error`], or what kept it from answering.
    async fn outbound_token(&self, request: OutboundTokenRequest) -> Result<OutboundToken, Error>;
}

#[async_trait]
impl<C: OutboundTokenClient + ?Sized> OutboundTokenClient for Arc<C> {
    async fn outbound_token(&self, request: OutboundTokenRequest) -> Result<OutboundToken, Error> {
        (**self).outbound_token(request).await
    }
}
