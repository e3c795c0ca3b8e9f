use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use stscreds_core::{Error, ErrorKind, SessionKey};
use zeroize::Zeroizing;

use super::{IdentityToken, IdentityTokenRetriever};

/// An identity token in a file, read anew each time.
///
/// The form in which Kubernetes hands tokens to pods, see
/// [IAM roles for service accounts](https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html).
/// White space around the token is trimmed. A file that is missing or empty is
/// looked at again for a tenth of a second, since some writers rotate it by
/// deleting and writing it anew.
#[derive(Debug, Clone)]
pub struct IdentityTokenFile {
    path: PathBuf,
}

impl IdentityTokenFile {
    /// The token in the file at `path`, which need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where the token is read from.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    async fn read(&self) -> Result<IdentityToken, Error> {
        for _ in 0..ROTATION_LOOKS {
            match self.look().await {
                Err(error) if may_be_rotating(error.kind()) => {
                    tokio::time::sleep(ROTATION_PAUSE).await;
                }
                decided => return decided,
            }
        }
        self.look().await
    }

    async fn look(&self) -> Result<IdentityToken, Error> {
        let path = self.path.clone();
        tokio::task::spawn_blocking(move || read_token(&path)).await.map_err(|gone| {
            Error::new(ErrorKind::Other, "the read of the identity token file was given up")
                .with_source(gone)
        })?
    }
}

/// # Errors
///
/// Of each kind of the `IdentityToken..` family that a file can have, naming the
/// path.
///
/// # Cancel safety
///
/// Dropping the future abandons the read.
#[async_trait]
impl IdentityTokenRetriever for IdentityTokenFile {
    async fn identity_token(&self) -> Result<IdentityToken, Error> {
        self.read().await
    }

    /// Blocks for as long as it takes to read a small file.
    fn token_key(&self) -> Option<SessionKey> {
        Some(read_token(&self.path).ok()?.session_key())
    }
}

/// How often a missing or empty file is looked at again, and after which pause:
/// an order of magnitude above what a delete and a write of a small file take.
const ROTATION_LOOKS: u32 = 5;
const ROTATION_PAUSE: Duration = Duration::from_millis(20);

/// More than the longest token can have in bytes, with room for white space.
const MAX_FILE_BYTES: usize = 4 * IdentityToken::MAX_CHARS + 4096;

fn may_be_rotating(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::IdentityTokenMissing | ErrorKind::IdentityTokenEmpty)
}

fn read_token(path: &Path) -> Result<IdentityToken, Error> {
    let shown = path.display();
    let unreadable = |error: io::Error| {
        let (kind, what) = match error.kind() {
            io::ErrorKind::NotFound => (
                ErrorKind::IdentityTokenMissing,
                format!("there is no identity token file at {shown}"),
            ),
            _ => (
                ErrorKind::IdentityTokenUnreadable,
                format!("cannot read the identity token file {shown}"),
            ),
        };
        Error::new(kind, what).with_source(error)
    };

    // Before opening: to open a named pipe that nobody writes to would never return.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(Error::new(
            ErrorKind::IdentityTokenUnreadable,
            format!("the identity token file {shown} is not a regular file"),
        ));
    }
    // All of it at once: a buffer that is moved while it grows leaves a copy behind.
    let mut bytes = Zeroizing::new(vec![0; MAX_FILE_BYTES + 1]);
    let read = std::fs::File::open(path)
        .and_then(|mut file| read_up_to(&mut file, &mut bytes))
        .map_err(unreadable)?;
    if read > MAX_FILE_BYTES {
        // Not left to the token: what was cut off in the middle of a character would be called no UTF-8.
        return Err(Error::new(
            ErrorKind::IdentityTokenTooLarge,
            format!("the identity token file {shown} has more than {MAX_FILE_BYTES} bytes"),
        ));
    }
    bytes.truncate(read);
    IdentityToken::from_bytes(std::mem::take(&mut *bytes))
        .map_err(|error| error.with_context(format_args!("identity token file {shown}")))
}

/// As much as there is and fits.
fn read_up_to(file: &mut impl Read, bytes: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(room) = bytes.get_mut(filled..).filter(|room| !room.is_empty()) {
        match file.read(room) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
