mod entry;
mod parameters;
mod python_json;
mod store;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use stscreds_core::{Clock, Credentials, CredentialsProvider, Error, Expires, ProviderSource};

use self::entry::{credentials_in, text_of};
pub use self::parameters::SessionParameters;
use self::store::Store;
use crate::environment::Environment;

/// Sessions of roles on disk, in the files of the AWS CLI: a second level below a cache
/// in memory.
///
/// A session that was opened with an MFA code survives a restart, and program and CLI
/// share it: files, names and content are those of botocore's `JSONFileCache`. The
/// session tokens in them are as good as keys until they expire, which is why files are
/// readable by their owner alone and why this is something to be asked for.
///
/// One process at a time asks STS for a session: the others wait for it, ten seconds at
/// most, and find it on disk. The CLI itself knows nothing of this lock. A disk that
/// fails costs the sharing and nothing else.
#[derive(Debug, Clone)]
pub struct CliCache {
    store: Store,
    clock: Clock,
}

impl CliCache {
    /// Sessions in the files of this folder, which need not exist yet.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { store: Store { folder: folder.into() }, clock: Clock::system() }
    }

    /// Sessions in `~/.aws/cli/cache`, as the AWS CLI has it; `None` without a home.
    #[must_use]
    pub fn of_cli(environment: &Environment) -> Option<Self> {
        let home = environment.first_of(&["HOME", "USERPROFILE"])?;
        Some(Self::at(PathBuf::from(home).join(".aws").join("cli").join("cache")))
    }

    /// The clock by which a session has become too old; the system's if not set.
    #[must_use]
    pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
        self.clock = clock.into();
        self
    }

    /// Keeps on disk what the provider yields, and asks it only if there is nothing.
    ///
    /// Parameters that differ from what the provider sends lead to sessions of one role
    /// being taken for those of another.
    pub fn keep(
        &self,
        provider: impl CredentialsProvider + 'static,
        parameters: &SessionParameters,
    ) -> KeptOnDisk {
        KeptOnDisk {
            provider: Arc::new(provider),
            cache: self.clone(),
            key: parameters.cache_key(),
            last: Mutex::new(None),
        }
    }
}

/// A provider whose sessions are kept on disk; made by [`CliCache::keep`].
pub struct KeptOnDisk {
    provider: Arc<dyn CredentialsProvider>,
    cache: CliCache,
    key: String,
    /// The access key id of what was handed out last.
    last: Mutex<Option<String>>,
}

impl KeptOnDisk {
    async fn session(&self) -> Result<Credentials, Error> {
        let Self { provider, cache: CliCache { store, .. }, key, .. } = self;
        if let Some(session) = self.found().await {
            return Ok(session);
        }
        let _turn = store.turn(key).await;
        // Another process may have had its turn meanwhile.
        if let Some(session) = self.found().await {
            return Ok(session);
        }
        let session = provider.credentials().await?;
        if let Some(text) = text_of(&session) {
            store.replace(key, text).await;
        }
        self.hand_out(&session);
        Ok(session)
    }

    /// The session on disk, if it is good enough and not the one that somebody came back
    /// with: whoever asks again wants another.
    async fn found(&self) -> Option<Credentials> {
        let text = self.cache.store.text(&self.key).await?;
        let session = credentials_in(text.expose(), self.provider.provider_sources())?;
        let remaining = session.remaining_at(self.cache.clock.now())?;
        if remaining < LEAST_REMAINING || self.was_handed_out(&session) {
            return None;
        }
        self.hand_out(&session);
        Some(session)
    }

    fn was_handed_out(&self, session: &Credentials) -> bool {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_deref() == Some(session.access_key_id())
    }

    fn hand_out(&self, session: &Credentials) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some(session.access_key_id().to_owned());
    }
}

/// # Errors
///
/// The provider's. The disk causes none.
///
/// # Cancel safety
///
/// Dropping the future lets the next process have its turn; a session that STS has
/// granted meanwhile is lost.
#[async_trait]
impl CredentialsProvider for KeptOnDisk {
    async fn credentials(&self) -> Result<Credentials, Error> {
        self.session().await
    }

    fn provider_sources(&self) -> Vec<ProviderSource> {
        self.provider.provider_sources()
    }

    /// Removes the file, if it holds this session.
    fn reject(&self, access_key_id: &str) {
        let is_rejected = |text: &str| {
            credentials_in(text, Vec::new()).is_some_and(|it| it.access_key_id() == access_key_id)
        };
        self.cache.store.discard(&self.key, is_rejected);
        self.provider.reject(access_key_id);
    }
}

impl fmt::Debug for KeptOnDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptOnDisk")
            .field("folder", &self.cache.store.folder)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// What botocore wants a session on disk to have left. Sessions of 15 minutes, the least
/// that STS grants, are therefore never taken from disk.
const LEAST_REMAINING: Duration = Duration::from_secs(15 * 60);
