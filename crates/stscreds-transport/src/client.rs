use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

use crate::HttpError;

/// Sends one HTTP request and returns its response.
///
/// # What a caller may assume
///
/// - The URI of the request is absolute, and is where the request goes: no redirect is
///   followed.
/// - The request is sent once at most. An error whose
///   [`is_unsent`](HttpError::is_unsent) is true means that no byte of it was written.
/// - Dropping the future abandons the exchange and nothing else.
///
/// # What an implementer owes
///
/// - A response of any status is `Ok`.
/// - A body of at most [`MaxResponseBytes`](crate::MaxResponseBytes); a longer one is
///   an error of kind [`ResponseTooLarge`](crate::HttpErrorKind::ResponseTooLarge).
/// - A connection that no other request has used, if the request carries
///   [`NewConnection`](crate::NewConnection).
/// - No header, body, query or password in an error, a log line or `Debug`: requests
///   carry tokens and MFA codes, responses carry secret keys.
#[async_trait]
pub trait HttpClient: Debug + Send + Sync {
    /// Sends the request.
    ///
    /// # Errors
    ///
    /// An [`HttpError`] if there is no complete response.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the exchange; the server may have received the
    /// request.
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError>;
}

#[async_trait]
impl<C: HttpClient + ?Sized> HttpClient for Arc<C> {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        (**self).send(request).await
    }
}
