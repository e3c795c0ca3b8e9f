#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(super) use self::other::Folder;
#[cfg(unix)]
pub(super) use self::unix::Folder;

/// Far more than the largest session: STS limits the whole to some kilobytes.
const MAX_BYTES: usize = 256 * 1024;
