use std::sync::Arc;

use async_trait::async_trait;
use stscreds_core::{Credentials, Error, ErrorKind, Expires};

/// What a cache can keep: a cheap handle to something that expires.
///
/// [`Credentials`] are one. A value may also carry what is made from it once per
/// refresh, so that a hit finds it ready: see [`Cache`](crate::Cache).
///
/// # What an implementer owes
///
/// `clone` and `uncontended` are cheap and block for nothing; `expires_at`
/// answers the same each time.
pub trait Value: Expires + Clone + Send + Sync + 'static {
    /// Another handle to the same value, with a reference count of its own.
    ///
    /// The cache keeps one per stripe. Threads that clone handles with separate
    /// counts do not slow each other down; where `clone` already has that
    /// property, it is enough.
    #[must_use]
    fn uncontended(&self) -> Self {
        self.clone()
    }

    /// Makes ready what callers of the previous value made of it, before this one is served.
    ///
    /// Called in each refresh, outside of any lock. By default it does nothing.
    fn prepare_like(&self, _previous: &Self) {}

    /// An id that distinguishes this value from its successor when a service rejects it: the
    /// access key id of credentials. Not a secret: it appears in events.
    fn id(&self) -> Option<&str> {
        None
    }

    /// Whether the value is complete. One that is not counts as a failed refresh.
    ///
    /// # Errors
    ///
    /// What is missing, without any secret.
    fn validate(&self) -> Result<(), Error> {
        Ok(())
    }
}

impl Value for Credentials {
    fn uncontended(&self) -> Self {
        self.uncontended()
    }

    /// Every form that the previous credentials were [derived](Credentials::derived) to.
    fn prepare_like(&self, previous: &Self) {
        self.prepare_like(previous);
    }

    fn validate(&self) -> Result<(), Error> {
        let missing = match (self.access_key_id(), self.secret_access_key().expose()) {
            ("", _) => "access key id",
            (_, "") => "secret access key",
            _ => return Ok(()),
        };
        let what = format!("the source yielded credentials without {missing}");
        Err(Error::new(ErrorKind::NoCredentials, what))
    }

    fn id(&self) -> Option<&str> {
        Some(self.access_key_id())
    }
}

/// A shared value, for what is not a cheap handle by itself: an OIDC token, say. Its
/// clones share one count, so read it by [`Cache::with`](crate::Cache::with) where that
/// matters.
impl<T: Expires + Send + Sync + 'static> Value for Arc<T> {}

/// Where a cache gets its values from. An async closure is one.
///
/// # What an implementer may assume
///
/// One cache calls it from one task at a time and never while it is still
/// answering. Several caches over one source do not know of each other.
///
/// # What an implementer owes
///
/// An error whose [kind](Error::kind) is honest, silence about secrets, and
/// [`interactive`](stscreds_core::interactive) around whatever waits for a
/// person. It must not ask the cache that asks it: in the task in which it is polled
/// that is an error at once, and in another one it waits for itself until the load
/// timeout.
#[async_trait]
pub trait Source<V>: Send + Sync {
    /// A new value.
    ///
    /// # Errors
    ///
    /// Whatever keeps the source from answering.
    ///
    /// # Cancel safety
    ///
    /// The cache drops the future when the load timeout has passed.
    async fn value(&self) -> Result<V, Error>;

    /// A service rejected the value with this [id](Value::id): the next call should yield
    /// another. Does nothing unless the source keeps values.
    ///
    /// Called in the call that rejects the value. It must not block.
    fn reject(&self, _id: &str) {}
}

#[async_trait]
impl<V, F, Fut> Source<V> for F
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = Result<V, Error>> + Send,
{
    async fn value(&self) -> Result<V, Error> {
        self().await
    }
}
