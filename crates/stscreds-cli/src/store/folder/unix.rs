use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::OnceLock;

use rustix::fs::{
    AtFlags, Dir, FileType, Mode, OFlags, fstat, mkdir, open, openat, renameat, stat, unlinkat,
};
use rustix::io::Errno;
use rustix::process::{geteuid, getpid};
use zeroize::Zeroizing;

use super::MAX_BYTES;
use crate::store::Bytes;

/// A directory that this user alone can read, used by its descriptor: whatever happens to
/// its path meanwhile, files are made in the directory that was examined.
#[derive(Debug)]
pub(in crate::store) struct Folder {
    path: std::path::PathBuf,
    /// Empty until there is a directory.
    directory: OnceLock<OwnedFd>,
}

impl Folder {
    /// Opens the directory if it is there; otherwise the first write makes it.
    pub(in crate::store) fn open(path: &Path) -> Result<Option<Self>, String> {
        let folder = Self { path: path.to_owned(), directory: OnceLock::new() };
        match examined(path) {
            Ok(directory) => {
                let _ = folder.directory.set(directory);
                Ok(Some(folder))
            }
            Err(Unusable::Missing) => {
                // Root in the home of another user would leave a directory there that the user cannot use.
                let ancestor = path.ancestors().skip(1).find_map(|ancestor| stat(ancestor).ok());
                let foreign = ancestor.is_some_and(|stat| stat.st_uid != geteuid().as_raw());
                if geteuid().is_root() && foreign {
                    return Err(format!("{} would be in another user's home", path.display()));
                }
                make(path).map_err(|error| format!("cannot make {}: {error}", path.display()))?;
                match examined(path) {
                    Ok(directory) => {
                        let _ = folder.directory.set(directory);
                        Ok(Some(folder))
                    }
                    Err(why) => Err(why.told(path)),
                }
            }
            Err(why) => Err(why.told(path)),
        }
    }

    /// What is in a file; `None` if it is missing, too long or not a regular file.
    pub(in crate::store) fn read(&self, name: &str) -> Option<Bytes> {
        // Without waiting: opening a named pipe would block.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = openat(self.directory.get()?, name, flags, Mode::empty()).ok()?;
        let stat = fstat(&file).ok()?;
        let size = usize::try_from(stat.st_size).ok()?;
        let is_ours = stat.st_uid == geteuid().as_raw() && stat.st_mode & 0o077 == 0;
        let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
        if size > MAX_BYTES || !is_file || !is_ours {
            return None;
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(size + 1));
        File::from(file).take(MAX_BYTES as u64).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// Replaces a file as a whole, by a rename.
    pub(in crate::store) fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), String> {
        let told = |error: io::Error| {
            format!("cannot keep the session in {}: {error}", self.path.display())
        };
        let directory = self.directory.get().ok_or_else(|| told(Errno::NOENT.into()))?;
        let temporary = format!("{name}.{}.tmp", getpid().as_raw_nonzero());
        // The leftover of a process that had this id and died: nobody else writes it.
        let _ = unlinkat(directory, &*temporary, AtFlags::empty());
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let written = openat(directory, &*temporary, flags, Mode::RUSR | Mode::WUSR)
            .map_err(io::Error::from)
            .and_then(|file| File::from(file).write_all(bytes))
            .and_then(|()| Ok(renameat(directory, &*temporary, directory, name)?));
        written.map_err(|error| {
            let _ = unlinkat(directory, &*temporary, AtFlags::empty());
            told(error)
        })
    }

    pub(in crate::store) fn remove(&self, name: &str) -> bool {
        self.directory.get().is_some_and(|at| unlinkat(at, name, AtFlags::empty()).is_ok())
    }

    pub(in crate::store) fn names(&self) -> Vec<String> {
        let entries = self.directory.get().and_then(|directory| Dir::read_from(directory).ok());
        let name = |entry: rustix::io::Result<rustix::fs::DirEntry>| {
            Some(entry.ok()?.file_name().to_str().ok()?.to_owned())
        };
        entries.into_iter().flatten().filter_map(name).collect()
    }

    /// Opens a lock file, which is never deleted: of two processes, one would hold the
    /// lock of a file that is gone.
    pub(in crate::store) fn open_lock(&self, name: &str) -> Option<File> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        openat(self.directory.get()?, name, flags | OFlags::NONBLOCK, mode).ok().map(File::from)
    }
}

enum Unusable {
    Missing,
    NoDirectory,
    Foreign,
    Open(u32),
    Failed(Errno),
}

impl Unusable {
    fn told(&self, path: &Path) -> String {
        let path = path.display();
        match self {
            Self::Missing => format!("{path} is missing"),
            Self::NoDirectory => {
                format!("{path} is a symbolic link or a file; remove it, a directory will be made")
            }
            Self::Foreign => format!("{path} belongs to another user"),
            Self::Open(mode) => {
                format!("{path} is open to others (mode {mode:o}); run: chmod 700 {path}")
            }
            Self::Failed(error) => format!("cannot open {path}: {}", io::Error::from(*error)),
        }
    }
}

fn examined(path: &Path) -> Result<OwnedFd, Unusable> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let directory = open(path, flags, Mode::empty()).map_err(|error| match error {
        Errno::NOENT => Unusable::Missing,
        Errno::LOOP | Errno::NOTDIR => Unusable::NoDirectory,
        error => Unusable::Failed(error),
    })?;
    let stat = fstat(&directory).map_err(Unusable::Failed)?;
    let mode = stat.st_mode & 0o7777;
    match () {
        () if stat.st_uid != geteuid().as_raw() => Err(Unusable::Foreign),
        () if mode & 0o077 != 0 => Err(Unusable::Open(mode)),
        () => Ok(directory),
    }
}

fn make(path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    match mkdir(path, Mode::RWXU) {
        Ok(()) | Err(Errno::EXIST) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
