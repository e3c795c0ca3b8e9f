use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::{Credentials, Error, ProviderSource, SecretString, SessionKey};

/// Somewhere credentials come from.
///
/// Closures, fixed [`Credentials`] and `Arc`s of providers are providers, so a
/// test needs no mock library.
///
/// # What a caller may assume
///
/// - Each call contacts the source anew: put a cache in front of a provider that
///   is asked often.
/// - The future may be dropped at any point; later calls are not affected.
/// - Any number of calls may run at the same time.
///
/// # What an implementer owes
///
/// - Credentials that are not yet expired, with their expiry if they have one.
/// - An [`Error`] whose [kind](Error::kind) is honest: a cache goes on serving
///   what it has through an outage, but not through a denial.
/// - Silence: no secret, token or MFA code in an error, a log line or a span.
///
/// ```
/// use async_trait::async_trait;
/// use stscreds_core::{Credentials, CredentialsProvider, Error};
///
/// struct Vault;
///
/// #[async_trait]
/// impl CredentialsProvider for Vault {
///     async fn credentials(&self) -> Result<Credentials, Error> {
///         Ok(Credentials::new("AKIAEXAMPLE", "read from the vault"))
///     }
/// }
/// ```
#[async_trait]
pub trait CredentialsProvider: Send + Sync {
    /// Fetches credentials from the source.
    ///
    /// # Errors
    ///
    /// Whatever keeps the source from answering, as an [`Error`] with its kind.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons this one attempt and nothing else.
    async fn credentials(&self) -> Result<Credentials, Error>;

    /// Like [`credentials`](Self::credentials), with at least so much life left if the
    /// provider can have that: for sessions that are made from these and end with them.
    ///
    /// A provider that keeps credentials renews those that have less; one that wraps
    /// another passes the call on. By default the same as `credentials`.
    ///
    /// # Errors
    ///
    /// As [`credentials`](Self::credentials). That they have less life is no error.
    ///
    /// # Cancel safety
    ///
    /// As [`credentials`](Self::credentials).
    async fn remaining(&self, at_least: Duration) -> Result<Credentials, Error> {
        let _ = at_least;
        self.credentials().await
    }

    /// The chain of sources, first source first; empty if unknown.
    fn provider_sources(&self) -> Vec<ProviderSource> {
        Vec::new()
    }

    /// A service rejected the credentials with this access key id: the next call should
    /// yield others. Does nothing unless the provider keeps credentials.
    ///
    /// A cache calls it when its credentials are invalidated. A provider that keeps
    /// credentials discards these; one that wraps another passes the call on. It must not
    /// wait for the network or a person.
    fn reject(&self, _access_key_id: &str) {}

    /// The key of the session that [`credentials`](Self::credentials) would yield
    /// now: everything that changes it.
    ///
    /// That is each parameter of the request, where it is sent, and the identity that
    /// signs it or is proven by a token. Sessions are shared by this key, so a
    /// provider that leaves out a part gives one tenant the session of another.
    /// `None`, the default, means that the sessions are never shared. A provider that
    /// wraps another one forwards its key.
    ///
    /// It may read a file that the provider reads, such as that of an identity token.
    fn session_key(&self) -> Option<SessionKey> {
        None
    }
}

/// A closure is asked anew on each call.
#[async_trait]
impl<F, Fut> CredentialsProvider for F
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = Result<Credentials, Error>> + Send,
{
    async fn credentials(&self) -> Result<Credentials, Error> {
        self().await
    }
}

/// Fixed credentials provide themselves.
#[async_trait]
impl CredentialsProvider for Credentials {
    async fn credentials(&self) -> Result<Credentials, Error> {
        Ok(self.clone())
    }

    fn provider_sources(&self) -> Vec<ProviderSource> {
        match self.provider_sources() {
            [] => vec![ProviderSource::Code],
            sources => sources.to_vec(),
        }
    }

    /// With the secret: a caller that knows the access key id alone gets no session of it.
    fn session_key(&self) -> Option<SessionKey> {
        let key = SessionKey::builder("Credentials")
            .part("AccessKeyId", self.access_key_id())
            .part("SecretAccessKey", self.secret_access_key().expose())
            .optional("SessionToken", self.session_token().map(SecretString::expose));
        Some(key.build())
    }
}

#[async_trait]
impl<P: CredentialsProvider + ?Sized> CredentialsProvider for Arc<P> {
    async fn credentials(&self) -> Result<Credentials, Error> {
        (**self).credentials().await
    }

    async fn remaining(&self, at_least: Duration) -> Result<Credentials, Error> {
        (**self).remaining(at_least).await
    }

    fn provider_sources(&self) -> Vec<ProviderSource> {
        (**self).provider_sources()
    }

    fn reject(&self, access_key_id: &str) {
        (**self).reject(access_key_id);
    }

    fn session_key(&self) -> Option<SessionKey> {
        (**self).session_key()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn key_of(provider: impl CredentialsProvider) -> String {
        provider.credentials().await.unwrap().access_key_id().to_owned()
    }

    #[tokio::test]
    async fn closures_fixed_values_and_arcs_are_providers() {
        let fixed = Credentials::new("AKIAFIXED", "s");
        let shared: Arc<dyn CredentialsProvider> = Arc::new(fixed.clone());

        assert_eq!(key_of(async || Ok(Credentials::new("AKIACLOSURE", "s"))).await, "AKIACLOSURE");
        assert_eq!(key_of(|| async { Ok(Credentials::new("AKIAOLD", "s")) }).await, "AKIAOLD");
        assert_eq!(shared.provider_sources(), [ProviderSource::Code]);
        assert_eq!(key_of(shared).await, "AKIAFIXED");
    }

    #[test]
    fn fixed_credentials_have_a_key_of_all_their_parts_and_closures_have_none() {
        let with = |id: &str, secret: &str| Credentials::builder(id, secret);
        let keys = [
            with("A", "s").build().session_key(),
            with("B", "s").build().session_key(),
            with("A", "t").build().session_key(),
            with("A", "s").session_token("t").build().session_key(),
            with("A", "s").session_token("u").build().session_key(),
        ];

        assert_eq!(keys.iter().collect::<std::collections::HashSet<_>>().len(), keys.len());
        assert_eq!(Arc::new(with("A", "s").account_id("1").build()).session_key(), keys[0]);
        assert_eq!((async || Ok(with("A", "s").build())).session_key(), None);
    }
}
