use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use stscreds_core::{SecretString, Timestamp};

use super::entry::{Author, entry_in};
use crate::bounded_file::read_bounded;

/// The files of the cache: for the owner's eyes, replaced as a whole, and locked by who
/// is about to replace them.
#[derive(Debug, Clone)]
pub(super) struct Store {
    pub(super) folder: PathBuf,
}

/// Held by who asks STS on behalf of others; let go when dropped.
pub(super) struct Turn {
    _lock: Option<File>,
}

impl Store {
    /// The text kept under a key; `None` for a missing file or one that cannot be read.
    pub(super) async fn text(&self, key: &str) -> Option<SecretString> {
        let path = self.path(key, "json");
        blocking(move || read(&path)).await
    }

    /// Keeps the text under a key, for the owner of this process alone.
    pub(super) async fn replace(&self, key: &str, text: SecretString) {
        let (folder, path) = (self.folder.clone(), self.path(key, "json"));
        let replaced = blocking(move || Some(write(&folder, &path, text.expose()))).await;
        if let Some(Err(error)) = replaced {
            let folder = self.folder.display();
            tracing::warn!(%error, %folder, "a session could not be kept on disk");
        }
    }

    /// Removes what is kept under a key, unless the holder of the turn is about to replace
    /// it.
    ///
    /// At once and on this thread: a small file is read and unlinked.
    pub(super) fn discard(&self, turn: &str, key: &str, is_meant: impl Fn(&str) -> bool) {
        let path = self.path(key, "json");
        if !read(&path).is_some_and(|text| is_meant(text.expose())) {
            return;
        }
        let Ok(lock) = private_file(&self.path(turn, "lock")) else { return };
        // Some file systems know no locks.
        let is_replaced = matches!(lock.try_lock(), Err(TryLockError::WouldBlock));
        // Once more, as it may have been replaced before the lock.
        if !is_replaced && read(&path).is_some_and(|text| is_meant(text.expose())) {
            let _absent = fs::remove_file(path);
        }
    }

    /// Waits for its turn behind other processes, but not for ever: the lock saves calls
    /// and MFA codes, and what hangs elsewhere must not stop this process.
    pub(super) async fn turn(&self, key: &str) -> Turn {
        let path = self.path(key, "lock");
        let folder = self.folder.clone();
        let opened = blocking(move || {
            make_folder(&folder).ok()?;
            private_file(&path).ok()
        });
        let Some(file) = opened.await else { return Turn { _lock: None } };
        for _ in 0..LOOKS {
            match file.try_lock() {
                Ok(()) => return Turn { _lock: Some(file) },
                Err(TryLockError::WouldBlock) => tokio::time::sleep(PAUSE).await,
                // Some file systems know no locks.
                Err(TryLockError::Error(_)) => break,
            }
        }
        Turn { _lock: None }
    }

    /// Removes files of this library whose sessions have expired, with their locks.
    pub(super) async fn remove_expired(&self, now: Timestamp) {
        let folder = self.folder.clone();
        blocking(move || remove_expired(&folder, now)).await;
    }

    fn path(&self, key: &str, ending: &str) -> PathBuf {
        self.folder.join(format!("{key}.{ending}"))
    }
}

/// Ten seconds in all, which is long for a call to STS.
const LOOKS: u32 = 200;
const PAUSE: Duration = Duration::from_millis(50);

/// So that a folder of any size costs little: the rest is for the next time.
const MAX_FILES: usize = 1_000;

/// Far more than the longest answer of STS.
const MAX_BYTES: usize = 256 * 1024;

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Option<T> + Send + 'static,
) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok().flatten()
}

fn read(path: &Path) -> Option<SecretString> {
    // Before opening: to open a named pipe that nobody writes to would never return.
    if !fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let bytes = read_bounded(File::open(path).ok()?, MAX_BYTES).ok()?;
    let text = Some(&*bytes).filter(|bytes| bytes.len() <= MAX_BYTES)?;
    Some(std::str::from_utf8(text).ok()?.into())
}

fn write(folder: &Path, path: &Path, text: &str) -> io::Result<()> {
    make_folder(folder)?;
    // Mode 0600 from the beginning, and a name that nobody else has.
    let mut file = tempfile::Builder::new().suffix(".tmp").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

fn remove_expired(folder: &Path, now: Timestamp) -> Option<()> {
    for file in fs::read_dir(folder).ok()?.flatten().take(MAX_FILES) {
        let path = file.path();
        if path.extension().is_some_and(|ending| ending == "json") && is_expired(&path, now) {
            // A file that stays costs its space and nothing else.
            let _ = fs::remove_file(&path);
            let _ = fs::remove_file(path.with_extension("lock"));
        }
    }
    Some(())
}

/// Whether it is ours and expired; the CLI's files are left to the CLI.
fn is_expired(path: &Path, now: Timestamp) -> bool {
    let entry = read(path).and_then(|text| entry_in(text.expose(), Vec::new()));
    entry.is_some_and(|entry| {
        !matches!(entry.author, Author::Cli { .. }) && entry.session.is_expired_at(now)
    })
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
