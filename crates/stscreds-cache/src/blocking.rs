use std::fmt;

use stscreds_core::{Credentials, CredentialsProvider, Error, ErrorKind};
use tokio::runtime::{Builder, Handle, Runtime};

use crate::CredentialsCache;

/// A [`CredentialsCache`] for programs without async.
///
/// It owns a thread, named `stscreds`, on which the cache refreshes and everything below
/// it waits: an early refresh goes on there while the program works with what it has.
/// The thread ends when this is dropped; a refresh in flight is then abandoned.
///
/// ```
/// use stscreds_cache::BlockingCredentials;
/// use stscreds_core::{Credentials, Error};
///
/// fn main() -> Result<(), Error> {
///     let cache = BlockingCredentials::new(async || Ok(Credentials::new("AKIAEXAMPLE", "s")))?;
///
///     assert_eq!(cache.credentials()?.access_key_id(), "AKIAEXAMPLE");
///     Ok(())
/// }
/// ```
pub struct BlockingCredentials {
    cache: CredentialsCache,
    /// `None` only while this is dropped.
    runtime: Option<Runtime>,
}

impl BlockingCredentials {
    /// A cache over `provider` with the default policy.
    ///
    /// For another policy give a [`CredentialsCache`] to [`over`](Self::over).
    ///
    /// # Errors
    ///
    /// [`Other`](ErrorKind::Other) if the operating system gives no thread.
    pub fn new(provider: impl CredentialsProvider + 'static) -> Result<Self, Error> {
        Self::over(CredentialsCache::new(provider))
    }

    /// Blocking access to this cache.
    ///
    /// Async callers may share the cache. A refresh that they begin runs on their
    /// runtime, one that begins here on the thread of this.
    ///
    /// # Errors
    ///
    /// [`Other`](ErrorKind::Other) if the operating system gives no thread.
    pub fn over(cache: CredentialsCache) -> Result<Self, Error> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("stscreds")
            .enable_all()
            .build()
            .map_err(|error| {
                Error::new(ErrorKind::Other, "no thread to refresh credentials on")
                    .with_source(error)
            })?;
        Ok(Self { cache, runtime: Some(runtime) })
    }

    /// Credentials that are valid now: at once from the cache, or when the source has
    /// responded.
    ///
    /// # Errors
    ///
    /// As [`CredentialsCache::credentials`], and
    /// [`InvalidConfiguration`](ErrorKind::InvalidConfiguration) inside of a Tokio
    /// runtime, whose thread this would block.
    pub fn credentials(&self) -> Result<Credentials, Error> {
        if Handle::try_current().is_ok() {
            return Err(Error::new(
                ErrorKind::InvalidConfiguration,
                "blocking access to credentials inside of a Tokio runtime: \
                 call `CredentialsCache::credentials` and await it",
            ));
        }
        match &self.runtime {
            Some(runtime) => runtime.block_on(self.cache.credentials()),
            None => Err(Error::new(ErrorKind::Bug, "the blocking cache is being dropped")),
        }
    }

    /// The cache, for everything else that it can do.
    #[must_use]
    pub fn cache(&self) -> &CredentialsCache {
        &self.cache
    }
}

impl Drop for BlockingCredentials {
    fn drop(&mut self) {
        // A runtime that waits for its threads would panic inside of another one.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for BlockingCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingCredentials").field("cache", &self.cache).finish_non_exhaustive()
    }
}
