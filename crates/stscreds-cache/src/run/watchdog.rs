use std::sync::Arc;
use std::task::{Wake, Waker};
use std::time::Duration;

use tokio::runtime::Handle;

use super::limit::within;
use crate::alarm::{Alarm, is_virtual};
use crate::run::engine::Engine;
use crate::share::flight::Flight;
use crate::value::Value;

/// Gives a flight up that has not ended long after its own limit, because its runtime
/// stalled or its source blocks the thread.
///
/// It runs on the thread of the [alarms](crate::alarm), so it reaches every waiter, wherever
/// it is polled.
pub(crate) struct Watchdog<V: Value> {
    engine: Engine<V>,
    flight: Arc<Flight<V>>,
    patience: Duration,
}

impl<V: Value> Watchdog<V> {
    /// Watches a flight that has just begun, if it has a limit.
    pub(crate) fn watch(engine: &Engine<V>, flight: &Arc<Flight<V>>) {
        let Some(patience) = patience(engine) else { return };
        let (engine, flight) = (engine.clone(), Arc::clone(flight));
        Self { engine, flight, patience }.set();
    }

    /// Watches where time is virtual, as in a test: there the alarms are too late.
    ///
    /// One task for each runtime on which somebody waits. With a timer for each waiter, most
    /// of what ten thousand of them did was to set it and to cancel it.
    pub(crate) fn watch_virtual_time(
        engine: &Engine<V>,
        flight: &Arc<Flight<V>>,
        runtime: &Handle,
    ) {
        let Some(patience) = patience(engine) else { return };
        if flight.is_unwatched_on(runtime.id()) && is_virtual() {
            runtime.spawn(watch(engine.clone(), Arc::clone(flight), patience));
        }
    }

    fn set(self) {
        let (flight, patience) = (Arc::clone(&self.flight), self.patience);
        flight.watched_by(Alarm::after(patience, Waker::from(Arc::new(self))));
    }
}

impl<V: Value> Wake for Watchdog<V> {
    fn wake(self: Arc<Self>) {
        if self.flight.is_interactive() {
            // A person is asked: the time begins anew.
            let Self { engine, flight, patience } = &*self;
            let (engine, flight) = (engine.clone(), Arc::clone(flight));
            Self { engine, flight, patience: *patience }.set();
        } else {
            self.engine.give_up(&self.flight);
        }
    }
}

async fn watch<V: Value>(engine: Engine<V>, flight: Arc<Flight<V>>, patience: Duration) {
    if within(Some(patience), flight.wait(), |_| ()).await.is_err() {
        engine.give_up(&flight);
    }
}

fn patience<V: Value>(engine: &Engine<V>) -> Option<Duration> {
    Some(engine.shared.policy.load_timeout?.saturating_add(STALL))
}

/// How much later than the flight's own limit it is given up: later than a timer of a
/// runtime that is merely busy.
const STALL: Duration = Duration::from_secs(5);
