//! Sessions between processes: files in a private directory, and one lock for each.

mod entry;
mod folder;
mod location;
mod lock;

use stscreds::core::SessionKey;
use zeroize::Zeroizing;

pub(crate) use self::entry::{Entry, Label, Wanted};
use self::folder::Folder;
pub(crate) use self::location::Location;
pub(crate) use self::lock::{Attempt, Held, Note, Place, State};

/// Where sessions are kept; without a usable directory, nowhere.
///
/// A session that cannot be kept is still handed out: the disk costs the sharing and
/// nothing else.
#[derive(Debug)]
pub(crate) struct Store {
    folder: Option<Folder>,
    /// Why there is no directory, for one note on standard error.
    pub(crate) unusable: Option<String>,
}

impl Store {
    /// Opens the directory, which is made by the first session that is written.
    pub(crate) fn open(location: Location) -> Self {
        match location {
            Location::At(path) => match Folder::open(&path) {
                Ok(folder) => Self { folder, unusable: None },
                Err(why) => Self { folder: None, unusable: Some(why) },
            },
            Location::Nowhere(why) => Self { folder: None, unusable: Some(why) },
        }
    }

    /// The session kept under a key; a broken file counts as none and is replaced later.
    pub(crate) fn session(&self, key: &SessionKey) -> Option<Entry> {
        Entry::parse(&self.folder.as_ref()?.read(&session_file(key))?)
    }

    /// Replaces the session under a key as a whole.
    pub(crate) fn keep(&self, key: &SessionKey, entry: &Entry) -> Result<(), String> {
        let Some(folder) = &self.folder else { return Ok(()) };
        folder.replace(&session_file(key), entry.to_text().expose().as_bytes())
    }

    /// Removes the session under a key; false if it is missing.
    pub(crate) fn remove(&self, key: &SessionKey) -> bool {
        self.folder.as_ref().is_some_and(|folder| folder.remove(&session_file(key)))
    }

    /// Every session that can be read, with its file name.
    pub(crate) fn sessions(&self) -> Vec<(String, Entry)> {
        let Some(folder) = &self.folder else { return Vec::new() };
        let mut names = folder.names();
        names.retain(|name| name.ends_with(SESSION));
        names.sort();
        let entry = |name: String| Some((name.clone(), Entry::parse(&folder.read(&name)?)?));
        names.into_iter().filter_map(entry).collect()
    }

    /// Removes every session, also those that cannot be read, and counts them.
    pub(crate) fn clear(&self) -> usize {
        let Some(folder) = &self.folder else { return 0 };
        let names = folder.names();
        names.iter().filter(|name| name.ends_with(SESSION) && folder.remove(name)).count()
    }

    /// The place where processes queue that want the same.
    pub(crate) fn place(&self, name: &str) -> Place {
        Place::new(self.folder.as_ref().and_then(|folder| folder.open_lock(name)))
    }

    /// The note of the process that has, or had, the lock of a key.
    pub(crate) fn note(&self, key: &SessionKey) -> Option<Note> {
        Note::parse(&self.folder.as_ref()?.read(&lock_file(key))?)
    }
}

pub(crate) fn lock_file(key: &SessionKey) -> String {
    format!("{key}.lock")
}

/// The lock of an MFA device: a code that one process sends is of no use to another.
pub(crate) fn device_lock_file(device: &SessionKey) -> String {
    format!("mfa-{device}.lock")
}

fn session_file(key: &SessionKey) -> String {
    format!("{key}{SESSION}")
}

const SESSION: &str = ".json";

type Bytes = Zeroizing<Vec<u8>>;
