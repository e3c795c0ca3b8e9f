use std::convert::Infallible;
use std::pin::pin;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::limit::within;
use super::refresh_task::RefreshTask;
use crate::run::engine::Engine;
use crate::run::item::Item;
use crate::run::shared::Shared;
use crate::share::slot::{Admission, Ask, Launch};
use crate::value::Value;

/// Sees to it that the cache's background task runs, on this runtime if on none yet.
pub(crate) fn ensure<V: Value>(engine: &Engine<V>, runtime: &Handle) {
    engine.item.keeper.ensure(|gone| {
        let (shared, item) = (Arc::downgrade(&engine.shared), Arc::downgrade(&engine.item));
        runtime.spawn(keep(Running { shared, item }, gone));
    });
}

/// The task as long as it exists. Its runtime may end while the value is fresh: then the next
/// caller, which a hit would not let in, begins another one.
struct Running<V: Value> {
    shared: Weak<Shared<V>>,
    item: Weak<Item<V>>,
}

impl<V: Value> Running<V> {
    fn upgrade(&self) -> Option<Engine<V>> {
        Some(Engine { shared: self.shared.upgrade()?, item: self.item.upgrade()? })
    }
}

impl<V: Value> Drop for Running<V> {
    fn drop(&mut self) {
        if let Some(item) = self.item.upgrade() {
            item.keeper.ended();
            item.slot.disturb();
        }
    }
}

async fn keep<V: Value>(running: Running<V>, gone: oneshot::Receiver<Infallible>) {
    let mut gone = pin!(gone);
    loop {
        // Held for this statement only: the task must not keep the cache alive.
        let Some(pause) = running.upgrade().map(|engine| look_after(&engine)) else {
            return;
        };
        if within(Some(pause), gone.as_mut(), |_| ()).await.is_ok() {
            return;
        }
    }
}

/// Begins what is due, and says when to look again.
fn look_after<V: Value>(engine: &Engine<V>) -> Duration {
    match engine.admit(Ask::Upkeep, Launch::Possible) {
        Admission::Begin { flight, .. } => {
            RefreshTask::launch(engine, &flight, &Handle::current());
            // Also where a window is longer than a lifetime, so that every value is due from birth.
            LOOK
        }
        // What is left to callers may well be overdue, and so may what is blocked.
        Admission::Decline | Admission::Blocked => LOOK,
        _ => {
            let next = engine.item.slot.next_attempt_at();
            next.map_or(LOOK, |at| at.since(engine.now()).clamp(SHORTEST, LOOK))
        }
    }
}

/// How often the wall clock is looked at. A timer counts time in which the machine
/// runs; the wall clock also jumps, and goes on while it sleeps.
const LOOK: Duration = Duration::from_secs(5);

/// A deadline in the past must not become a loop.
const SHORTEST: Duration = Duration::from_millis(100);
