mod sha256;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use self::sha256::Sha256;
use crate::{Credentials, CredentialsProvider, Error, ProviderSource};

/// Everything that makes a session of AWS STS different from another one, as a
/// digest.
///
/// Sessions with equal keys are interchangeable. A cache, in memory or on disk,
/// that shares by key never gives one tenant the session of another. A provider
/// without a key is never shared.
///
/// 256 bits, computed once; cheap to clone and to compare. It holds no secret and
/// can be logged.
///
/// ```
/// use stscreds_core::SessionKey;
///
/// let of_tenant = |tenant| SessionKey::builder("AssumeRole").part("Tag:tenant", tenant).build();
///
/// assert_eq!(of_tenant("a"), of_tenant("a"));
/// assert_ne!(of_tenant("a"), of_tenant("b"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionKey([u8; 32]);

impl SessionKey {
    /// Starts a key; `kind` says what is keyed, such as the operation of STS.
    pub fn builder(kind: &str) -> SessionKeyBuilder {
        SessionKeyBuilder(Sha256::new()).part("Kind", kind)
    }

    /// The digest.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// 64 hexadecimal digits.
impl fmt::Display for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionKey({self})")
    }
}

/// Builds a [`SessionKey`] from named parts; made by [`SessionKey::builder`].
///
/// The order of the parts counts. Names and values are hashed with their lengths,
/// so that no two lists of parts are the same text. The parts themselves are not
/// kept.
#[must_use = "call `build` to get the key"]
pub struct SessionKeyBuilder(Sha256);

impl SessionKeyBuilder {
    /// Adds a part.
    pub fn part(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        for text in [name.as_bytes(), value.as_ref()] {
            // A `usize` has at most 64 bits on every platform of Rust.
            self.0.update(&(text.len() as u64).to_le_bytes());
            self.0.update(text);
        }
        self
    }

    /// Adds a part if there is one; a missing part differs from an empty one.
    pub fn optional(self, name: &str, value: Option<impl AsRef<[u8]>>) -> Self {
        match value {
            Some(value) => self.part(name, value),
            None => self,
        }
    }

    /// Adds the key of something that this session is made with, such as the
    /// session that signs for it.
    pub fn key(self, name: &str, key: &SessionKey) -> Self {
        self.part(name, key.0)
    }

    /// The key.
    #[must_use]
    pub fn build(self) -> SessionKey {
        SessionKey(self.0.finish())
    }
}

impl fmt::Debug for SessionKeyBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionKeyBuilder").finish_non_exhaustive()
    }
}

/// A provider with a [`SessionKey`] that you declare.
///
/// For closures and foreign providers, which cannot know their own. Two providers
/// that you give one key are interchangeable: each may be handed the credentials of
/// the other.
///
/// ```
/// use stscreds_core::{Credentials, CredentialsProvider, Keyed, SessionKey};
///
/// let vault = async || Ok(Credentials::new("AKIAEXAMPLE", "read from the vault"));
/// let key = SessionKey::builder("vault").part("path", "aws/creds/deploy").build();
///
/// assert_eq!(vault.session_key(), None);
/// assert_eq!(Keyed::new(vault, key).session_key(), Some(key));
/// ```
#[derive(Clone)]
pub struct Keyed {
    provider: Arc<dyn CredentialsProvider>,
    key: SessionKey,
}

impl Keyed {
    /// The provider under this key.
    pub fn new(provider: impl CredentialsProvider + 'static, key: SessionKey) -> Self {
        Self { provider: Arc::new(provider), key }
    }
}

#[async_trait]
impl CredentialsProvider for Keyed {
    async fn credentials(&self) -> Result<Credentials, Error> {
        self.provider.credentials().await
    }

    fn provider_sources(&self) -> Vec<ProviderSource> {
        self.provider.provider_sources()
    }

    fn session_key(&self) -> Option<SessionKey> {
        Some(self.key)
    }

    async fn remaining(&self, at_least: Duration) -> Result<Credentials, Error> {
        self.provider.remaining(at_least).await
    }

    fn reject(&self, access_key_id: &str) {
        self.provider.reject(access_key_id);
    }
}

impl fmt::Debug for Keyed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyed").field("key", &self.key).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::collection::vec;
    use proptest::prelude::proptest;

    use super::*;

    fn key_of(parts: &[(String, String)]) -> SessionKey {
        let start = SessionKey::builder("test");
        parts.iter().fold(start, |key, (name, value)| key.part(name, value)).build()
    }

    proptest! {
        #[test]
        fn lists_of_parts_have_one_key_exactly_if_they_are_equal(
            one in vec(("[ab]{0,2}", "[ab]{0,3}"), 0..4),
            other in vec(("[ab]{0,2}", "[ab]{0,3}"), 0..4),
        ) {
            assert_eq!(key_of(&one) == key_of(&other), one == other);
        }
    }

    #[test]
    fn a_missing_part_differs_from_an_empty_one_and_from_another_kind() {
        let start = || SessionKey::builder("k");
        let keys = [
            start().build(),
            start().optional("a", None::<&str>).part("b", "").build(),
            start().optional("a", Some("")).build(),
            start().part("a", "b").build(),
            start().key("a", &start().build()).build(),
            SessionKey::builder("l").build(),
        ];

        assert_eq!(HashSet::from(keys).len(), keys.len());
        assert_eq!(start().optional("a", None::<&str>).build(), start().build());
    }

    #[test]
    fn it_is_shown_as_a_digest() {
        let key = SessionKey::builder("k").part("ExternalId", "planted").build();

        let shown = format!("{key:?} {key}");

        assert!(!shown.contains("planted"), "{shown}");
        assert_eq!(key.to_string().len(), 64);
        assert!(key.to_string().bytes().all(|c| c.is_ascii_hexdigit()), "{key}");
    }
}
