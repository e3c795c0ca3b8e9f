mod environment;
mod file;
#[cfg(feature = "http")]
mod http;
mod json;
mod jwt;
mod token;

use std::sync::Arc;

use async_trait::async_trait;
use stscreds_core::{Error, SessionKey};

pub use self::environment::IdentityTokenEnvironment;
pub use self::file::IdentityTokenFile;
#[cfg(feature = "http")]
pub use self::http::{IdentityTokenGitHubActions, IdentityTokenUrl};
pub use self::token::IdentityToken;

/// Somewhere identity tokens come from.
///
/// Closures, fixed [`IdentityToken`]s and `Arc`s of retrievers are retrievers.
///
/// # What a caller may assume
///
/// - Each call looks anew, so that a rotated token is seen.
/// - The future may be dropped at any point.
///
/// # What an implementer owes
///
/// - The token as it is now, not as it was at start-up.
/// - An error that names the place (path, variable, address) and never the token.
#[async_trait]
pub trait IdentityTokenRetriever: Send + Sync {
    /// Fetches the token as it is now.
    ///
    /// # Errors
    ///
    /// A kind of the `IdentityToken..` family that says what is wrong with it.
    async fn identity_token(&self) -> Result<IdentityToken, Error>;

    /// The [key](IdentityToken::session_key) of the token as it is now, if that can be
    /// said without waiting: of a fixed token, a file or a variable.
    ///
    /// `None`, the default, if not. Sessions for such tokens are not shared between
    /// providers
    /// ([`session_key`](stscreds_core::CredentialsProvider::session_key)).
    fn token_key(&self) -> Option<SessionKey> {
        None
    }
}

/// A closure is asked anew each time.
#[async_trait]
impl<F, Fut> IdentityTokenRetriever for F
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = Result<IdentityToken, Error>> + Send,
{
    async fn identity_token(&self) -> Result<IdentityToken, Error> {
        self().await
    }
}

/// A fixed token, for tests and one-shot programs.
#[async_trait]
impl IdentityTokenRetriever for IdentityToken {
    async fn identity_token(&self) -> Result<IdentityToken, Error> {
        Ok(self.clone())
    }

    fn token_key(&self) -> Option<SessionKey> {
        Some(self.session_key())
    }
}

#[async_trait]
impl<R: IdentityTokenRetriever + ?Sized> IdentityTokenRetriever for Arc<R> {
    async fn identity_token(&self) -> Result<IdentityToken, Error> {
        (**self).identity_token().await
    }

    fn token_key(&self) -> Option<SessionKey> {
        (**self).token_key()
    }
}
