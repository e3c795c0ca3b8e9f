use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime};

use crate::clock::{Clock, Watcher};
use crate::oidc::TokenBuilder;

/// A file with a token that is replaced in time, as the kubelet keeps one in a pod. Dropping it ends that; the file stays.
///
/// A new token is written when 80 percent of the old one's life are over, by the virtual clock: at once when the clock is moved there. The file is
/// replaced as a whole, so that no reader sees half of a token. See
/// [projected service account tokens](https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#serviceaccount-token-volume-projection).
#[must_use = "the token is replaced as long as this lives"]
pub struct TokenFile {
    kept: Arc<Kept>,
    /// Dropped, it ends the thread that looks at a running clock.
    _alive: Sender<()>,
}

struct Kept {
    path: PathBuf,
    token: TokenBuilder,
    lifetime: Duration,
    written: Mutex<Written>,
}

struct Written {
    at: SystemTime,
    count: u64,
}

/// How often a running clock is looked at, in real time.
const LOOK: Duration = Duration::from_millis(250);

impl TokenFile {
    pub(crate) fn new(
        clock: &Clock,
        token: TokenBuilder,
        lifetime: Duration,
        path: PathBuf,
    ) -> io::Result<Self> {
        let now = clock.now();
        let written = Mutex::new(Written { at: now, count: 1 });
        let kept = Arc::new(Kept { path, token, lifetime, written });
        kept.write(now)?;
        let watcher: Arc<dyn Watcher> = Arc::clone(&kept) as _;
        clock.watched_by(Arc::downgrade(&watcher));
        let (alive, ended) = mpsc::channel::<()>();
        let (clock, looked_at) = (clock.clone(), Arc::downgrade(&kept));
        thread::Builder::new().name("fake-sts token file".to_owned()).spawn(move || {
            while matches!(ended.recv_timeout(LOOK), Err(RecvTimeoutError::Timeout)) {
                let Some(kept) = looked_at.upgrade() else { return };
                kept.moved(clock.now());
            }
        })?;
        Ok(Self { kept, _alive: alive })
    }

    /// Where the token is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.kept.path
    }

    /// How many tokens were written so far.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.kept.written.lock().unwrap_or_else(PoisonError::into_inner).count
    }
}

impl Kept {
    fn write(&self, now: SystemTime) -> io::Result<()> {
        let token = self.token.clone().issued_at(now).expires_in(self.lifetime);
        let token = token.try_mint().map_err(io::Error::other)?;
        let beside = self.path.with_extension(format!("{:08x}.tmp", fastrand::u32(..)));
        fs::write(&beside, token)?;
        fs::rename(&beside, &self.path)
    }
}

impl Watcher for Kept {
    fn moved(&self, now: SystemTime) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = match now.duration_since(written.at) {
            Ok(age) => age >= self.lifetime * 4 / 5,
            // The clock was set back: the token is one of the future.
            Err(_) => true,
        };
        if !is_due {
            return;
        }
        match self.write(now) {
            Ok(()) => *written = Written { at: now, count: written.count + 1 },
            Err(error) => {
                tracing::warn!(path = %self.path.display(), %error, "a token file cannot be written");
            }
        }
    }
}

impl fmt::Debug for TokenFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenFile").field("path", &self.kept.path).finish_non_exhaustive()
    }
}
