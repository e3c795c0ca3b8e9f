mod entry;
mod kept;
mod name;
mod python_json;
mod session;
mod store;

use std::path::PathBuf;

use stscreds_core::Clock;

pub use self::kept::KeptOnDisk;
pub use self::kept::Sharing;
pub use self::session::CliSession;
use self::store::Store;
use crate::environment::Environment;

/// Sessions of roles on disk, in the files of the AWS CLI: a second level below a cache
/// in memory.
///
/// A session that was opened with an MFA code survives a restart, and program and CLI
/// share it: files, names and content are those of botocore's `JSONFileCache`. The
/// session tokens in them are as good as keys until they expire, so files are readable
/// by their owner alone, and this cache is opt-in.
///
/// Names of files follow from the parameters of the call, as in botocore. Each of our
/// files also holds the provider's
/// [`session_key`](stscreds_core::CredentialsProvider::session_key), which covers what
/// the name does not: who signs the call, or which token it presents, and where it is
/// sent. A session with another key is never used. A provider without a key is asked
/// each time, and its sessions are not kept.
///
/// One process at a time asks STS for a session: the others wait for it, ten seconds at
/// most, and find it on disk. The CLI itself knows nothing of this lock. A disk that
/// fails costs the sharing and nothing else. Expired files of this library are removed
/// when a session is kept.
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
    /// Give the provider's client an identity that signs its calls:
    /// `StsClient::signed_by` or
    /// `StsClient::signed_as` of `stscreds-aws-sdk`. Without one a warning is
    /// logged and nothing is kept.
    pub fn keep(&self, provider: impl Into<CliSession>) -> KeptOnDisk {
        self.shared(provider.into(), Sharing::WithCli)
    }

    #[doc(hidden)]
    #[must_use]
    pub fn shared(&self, provider: CliSession, sharing: Sharing) -> KeptOnDisk {
        KeptOnDisk::new(self.store.clone(), self.clock.clone(), provider, sharing)
    }
}
