use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Single sessions that were ended. AWS has nothing of the kind.
#[derive(Debug, Default)]
pub(crate) struct RevokedSessions {
    access_key_ids: Mutex<HashSet<String>>,
}

impl RevokedSessions {
    pub(crate) fn contains(&self, access_key_id: &str) -> bool {
        self.lock().contains(access_key_id)
    }

    pub(crate) fn insert(&self, access_key_id: &str) {
        self.lock().insert(access_key_id.to_owned());
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<String>> {
        self.access_key_ids.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
