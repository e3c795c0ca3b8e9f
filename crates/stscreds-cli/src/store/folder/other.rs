use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::MAX_BYTES;
use crate::store::Bytes;

/// A directory below the user's own, which Windows keeps from other users.
#[derive(Debug)]
pub(in crate::store) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(in crate::store) fn open(path: &Path) -> Result<Option<Self>, String> {
        fs::create_dir_all(path)
            .map_err(|error| format!("cannot make {}: {error}", path.display()))?;
        Ok(Some(Self { path: path.to_owned() }))
    }

    pub(in crate::store) fn read(&self, name: &str) -> Option<Bytes> {
        let file = File::open(self.path.join(name)).ok()?;
        let size = usize::try_from(file.metadata().ok()?.len()).ok()?;
        if size > MAX_BYTES {
            return None;
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(size + 1));
        file.take(MAX_BYTES as u64).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    pub(in crate::store) fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), String> {
        let temporary = self.path.join(format!("{name}.{}.tmp", std::process::id()));
        fs::write(&temporary, bytes)
            .and_then(|()| fs::rename(&temporary, self.path.join(name)))
            .map_err(|error| {
                let _ = fs::remove_file(&temporary);
                format!("cannot keep the session in {}: {error}", self.path.display())
            })
    }

    pub(in crate::store) fn remove(&self, name: &str) -> bool {
        fs::remove_file(self.path.join(name)).is_ok()
    }

    pub(in crate::store) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.path).into_iter().flatten();
        entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect()
    }

    pub(in crate::store) fn open_lock(&self, name: &str) -> Option<File> {
        let mut options = File::options();
        options.create(true).truncate(false).read(true).write(true);
        options.open(self.path.join(name)).ok()
    }
}
