use std::convert::Infallible;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::engine::Engine;
use crate::flight::{Pilot, within};
use crate::slot::{Admission, Ask, Launch};
use crate::value::Value;

/// Who begins a refresh that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Upkeep {
    /// The first caller that finds it due. Nothing runs in between.
    #[default]
    ByCallers,
    /// Also a task of the cache's own, so that a value is fresh after a pause without
    /// callers. It starts with the first call that finds no valid value or a due one,
    /// lives on that call's runtime and ends with the cache.
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
    /// Sees to it that the task runs, on this runtime if on none yet.
    pub(crate) fn ensure<V: Value>(&self, engine: &Arc<Engine<V>>, runtime: &Handle) {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if running.as_ref().is_some_and(|it| !it.task.is_finished()) {
            return;
        }
        let (alive, gone) = oneshot::channel();
        let task = runtime.spawn(keep(Arc::downgrade(engine), gone));
        *running = Some(Running { task, _alive: alive });
    }
}

async fn keep<V: Value>(engine: Weak<Engine<V>>, gone: oneshot::Receiver<Infallible>) {
    let mut gone = pin!(gone);
    loop {
        // Held for this statement only: the task must not keep the cache alive.
        let Some(pause) = engine.upgrade().map(|engine| look_after(&engine)) else {
            return;
        };
        if within(Some(pause), gone.as_mut(), |_| ()).await.is_ok() {
            return;
        }
    }
}

/// Begins what is due, and says when to look again.
fn look_after<V: Value>(engine: &Arc<Engine<V>>) -> Duration {
    let begun = engine.admit(Ask::Upkeep, Launch::Possible);
    if let Admission::Begin { flight, .. } = begun {
        Pilot::launch(engine, &flight, &Handle::current());
        // Also where a window is longer than a lifetime, so that every value is due from birth.
        return LOOK;
    }
    let next = engine.slot.next_attempt_at();
    next.map_or(LOOK, |at| at.since(engine.now()).clamp(SHORTEST, LOOK))
}

/// How often the wall clock is looked at. A timer counts time in which the machine
/// runs; the wall clock also jumps, and goes on while it sleeps.
const LOOK: Duration = Duration::from_secs(5);

/// A deadline in the past must not become a loop.
const SHORTEST: Duration = Duration::from_millis(100);
