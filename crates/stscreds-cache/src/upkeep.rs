use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Who begins a refresh that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Upkeep {
    /// The first caller that finds it due. Nothing runs in between.
    #[default]
    ByCallers,
    /// Also a task of the cache's own, so that a value is fresh after a pause without
    /// callers. It starts with the first call that finds no valid value or a due one,
    /// lives on that call's runtime and ends with the cache. What is not there yet, or
    /// expired while the source denies another, it leaves to callers.
    InBackground,
}

/// The background task of one cache.
#[derive(Default)]
pub(crate) struct Keeper(Mutex<Option<Running>>);

struct Running {
    task: JoinHandle<()>,
    /// Dropped with the cache, which ends the task.
    _alive: oneshot::Sender<Infallible>,
}

impl Keeper {
    /// Begins the task unless it runs. It owes to end with the channel it is given.
    pub(crate) fn ensure(
        &self,
        begin: impl FnOnce(oneshot::Receiver<Infallible>) -> JoinHandle<()>,
    ) {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if running.as_ref().is_some_and(|it| !it.task.is_finished()) {
            return;
        }
        let (alive, gone) = oneshot::channel();
        *running = Some(Running { task: begin(gone), _alive: alive });
    }
}
