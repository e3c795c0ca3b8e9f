use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;

use stscreds_core::{Error, ErrorKind};
use tokio::runtime::Handle;
use tracing::Instrument;

use super::limit::within;
use super::watchdog::Watchdog;
use crate::caught::caught;
use crate::observe::event::Happening;
use crate::run::engine::Engine;
use crate::share::flight::{Flight, Outcome, enter};
use crate::value::Value;

/// Carries one flight out, in a task of its own.
///
/// However it ends, it ends the flight: dropped before it has landed, because the runtime
/// is gone or foreign code panicked, it reports the flight as abandoned. So nobody waits
/// for a task that does not exist any more.
pub(crate) struct RefreshTask<V: Value> {
    engine: Engine<V>,
    flight: Arc<Flight<V>>,
}

impl<V: Value> RefreshTask<V> {
    pub(crate) fn launch(engine: &Engine<V>, flight: &Arc<Flight<V>>, runtime: &Handle) {
        // Before the span, which runs a subscriber's code: from here on the flight ends.
        let task = Self::new(engine, flight);
        let cache = engine.shared.audience.name.as_deref().unwrap_or_default();
        // Not inside of the caller's span, which would last as long as the refresh.
        let span = tracing::debug_span!(parent: None, "refresh", cache);
        span.follows_from(tracing::Span::current());
        flight.runs_on(runtime.id());
        Watchdog::watch(engine, flight);
        runtime.spawn(task.run().instrument(span));
    }

    pub(crate) fn new(engine: &Engine<V>, flight: &Arc<Flight<V>>) -> Self {
        Self { engine: engine.clone(), flight: Arc::clone(flight) }
    }

    async fn run(self) {
        self.engine.tell(Happening::RefreshStarted);
        let result = self.contact().await;
        self.land(result);
    }

    async fn contact(&self) -> Result<V, Error> {
        let mut asked = pin!(async { self.engine.item.source.value().await });
        let asked = poll_fn(|cx| {
            if self.flight.has_landed() {
                // Given up meanwhile: another flight may contact the source by now.
                return Err(Error::new(ErrorKind::Bug, "the refresh was given up")).into();
            }
            // A panic must end the flight and not the task: its waiters must get an outcome.
            let poll = || enter(&self.flight, || asked.as_mut().poll(cx));
            match caught("the source of the cached value", poll) {
                Ok(polled) => polled,
                Err(panicked) => Err(panicked).into(),
            }
        });
        let limit = self.engine.shared.policy.load_timeout;
        match within(limit, asked, |open| self.flight.attend(open)).await {
            Ok(answered) => answered,
            Err(_) => Err(timed_out(limit.unwrap_or_default().as_secs_f64())),
        }
    }

    /// The value's own code runs outside of the slot's lock, and is caught: also the drop of
    /// what was replaced, which comes after the waiters have their outcome.
    fn land(&self, result: Result<V, Error>) {
        let engine = &self.engine;
        let result = result.or_else(|error| {
            caught("the failure handler", || engine.handle_failure(error))
                .and_then(|handled| handled)
        });
        let prepared = result.and_then(|value| {
            caught("the cached value", || engine.prepare(&value)).and_then(|prepared| prepared)
        });
        match prepared {
            Ok(prepared) => {
                // If the flight was given up before, that has been told.
                let Some((outcome, happening, replaced)) = engine.install(&self.flight, prepared)
                else {
                    return;
                };
                self.flight.land(outcome);
                let _dropped = caught("the replaced value", || drop(replaced));
                engine.tell(happening);
            }
            Err(error) => {
                if let Some((outcome, happening)) = engine.fail(&self.flight, error) {
                    self.flight.land(outcome);
                    engine.tell(happening);
                }
            }
        }
    }
}

impl<V: Value> Drop for RefreshTask<V> {
    fn drop(&mut self) {
        // A second panic in a drop would abort the process.
        let _told = caught("the clock", || {
            self.engine.abandon(&self.flight);
        });
        // Unless it has: a clock or a waker may have panicked.
        self.flight.land(Outcome::Abandoned);
    }
}

fn timed_out(seconds: f64) -> Error {
    let what = format!("the source of the cached value did not answer within {seconds} seconds");
    Error::new(ErrorKind::TimedOut, what)
}
