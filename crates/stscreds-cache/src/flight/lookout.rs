use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;

use super::{Flight, within};
use crate::engine::Engine;
use crate::value::Value;

/// Gives a flight up that has not ended long after its own limit, because the runtime
/// that it is on stands still.
///
/// One for each runtime on which somebody waits, in a task of its own: with a timer for
/// each waiter, most of what ten thousand of them did was to set it and to cancel it.
pub(crate) struct Lookout;

impl Lookout {
    /// Sees to it that somebody on this runtime watches, if the flight has a limit.
    pub(crate) fn ensure<V: Value>(
        engine: &Arc<Engine<V>>,
        flight: &Arc<Flight<V>>,
        runtime: &Handle,
    ) {
        let Some(limit) = engine.policy.load_timeout else { return };
        if flight.is_unwatched_on(runtime.id()) {
            let patience = limit.saturating_add(STANDSTILL);
            runtime.spawn(watch(Arc::clone(engine), Arc::clone(flight), patience));
        }
    }
}

async fn watch<V: Value>(engine: Arc<Engine<V>>, flight: Arc<Flight<V>>, patience: Duration) {
    if within(Some(patience), flight.wait(), |_| ()).await.is_err() {
        engine.abandon(&flight);
    }
}

/// How much later than the flight's own limit it is given up: later than a timer of a
/// runtime that is merely busy.
const STANDSTILL: Duration = Duration::from_secs(5);
