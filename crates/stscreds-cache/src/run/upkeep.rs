use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// Who begins a refresh that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Upkeep {
    /// The first caller that finds it due. Nothing runs in between.
    #[default]
    ByCallers,
    /// Also a task of the cache's own, so that a value is fresh after a pause without
    /// callers. It starts with the first call that finds no valid value or a due one,
    /// lives on that call's runtime and ends with the cache. If the runtime ends, the next
    /// call on another one starts it anew. It never fetches the first value, nor retries an
    /// expired or rejected one that the source refuses to renew.
    InBackground,
}

/// The background task of one cache: a channel whose drop, with the cache, ends it.
#[derive(Default)]
pub(crate) struct Keeper(Mutex<Option<oneshot::Sender<Infallible>>>);

impl Keeper {
    /// Begins the task unless there is one. It must end with the channel that it is given, and
    /// report its [end](Self::ended).
    pub(crate) fn ensure(&self, begin: impl FnOnce(oneshot::Receiver<Infallible>)) {
        let gone = {
            let mut running = self.lock();
            if running.is_some() {
                return;
            }
            let (alive, gone) = oneshot::channel();
            *running = Some(alive);
            gone
        };
        // Outside of the lock: a runtime that is shutting down drops the task at once.
        begin(gone);
    }

    /// The task is gone, although the cache is not.
    pub(crate) fn ended(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> MutexGuard<'_, Option<oneshot::Sender<Infallible>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
