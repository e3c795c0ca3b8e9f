mod assertion;

use std::sync::Arc;

use async_trait::async_trait;
use stscreds_core::{Error, SessionKey};

pub use self::assertion::SamlAssertion;

/// Somewhere SAML assertions come from: an identity provider, asked anew each time.
///
/// Closures, fixed [`SamlAssertion`]s and `Arc`s of retrievers are retrievers.
///
/// # What a caller may assume
///
/// - Each call yields an assertion that was not used before.
/// - The future may be dropped at any point.
///
/// # What an implementer owes
///
/// - An assertion issued just now: STS takes it for five minutes.
/// - To wait for a person, who must log in, by
///   [`interactive`](stscreds_core::interactive), so that no time limit cuts them
///   short.
/// - An error that names the identity provider and never the assertion.
#[async_trait]
pub trait SamlAssertionRetriever: Send + Sync {
    /// Fetches an assertion.
    ///
    /// # Errors
    ///
    /// A kind of the `IdentityToken..` family that says what is wrong with it.
    async fn saml_assertion(&self) -> Result<SamlAssertion, Error>;

    /// The key of the subject of the assertions, if that can be said without waiting.
    ///
    /// `None`, the default, if not. Sessions for such assertions are not shared between
    /// providers
    /// ([`session_key`](stscreds_core::CredentialsProvider::session_key)).
    fn assertion_key(&self) -> Option<SessionKey> {
        None
    }
}

/// A closure is asked anew each time.
#[async_trait]
impl<F, Fut> SamlAssertionRetriever for F
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = Result<SamlAssertion, Error>> + Send,
{
    async fn saml_assertion(&self) -> Result<SamlAssertion, Error> {
        self().await
    }
}

/// A fixed assertion, for tests and one-shot programs.
#[async_trait]
impl SamlAssertionRetriever for SamlAssertion {
    async fn saml_assertion(&self) -> Result<SamlAssertion, Error> {
        Ok(self.clone())
    }

    fn assertion_key(&self) -> Option<SessionKey> {
        Some(SessionKey::builder("SamlAssertion").part("Assertion", self.expose()).build())
    }
}

#[async_trait]
impl<R: SamlAssertionRetriever + ?Sized> SamlAssertionRetriever for Arc<R> {
    async fn saml_assertion(&self) -> Result<SamlAssertion, Error> {
        (**self).saml_assertion().await
    }

    fn assertion_key(&self) -> Option<SessionKey> {
        (**self).assertion_key()
    }
}
