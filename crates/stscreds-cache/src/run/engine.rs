use std::sync::Arc;

use stscreds_core::{Error, ErrorKind, Timestamp};

use crate::caught::caught;
use crate::decide::deadlines::{Deadlines, window};
use crate::decide::policy::{Arrival, Replacement};
use crate::observe::event::Happening;
use crate::observe::stats::Stats;
use crate::run::item::Item;
use crate::run::shared::Shared;
use crate::share::flight::{Flight, Outcome};
use crate::share::slot::{Admission, Ask, Installed, Launch, Prepared, Replaced};
use crate::skew::shifted;
use crate::value::Value;

/// A handle to one cached value and to what it shares with others.
///
/// It brings time and chance to the pure decisions and carries them out.
pub(crate) struct Engine<V> {
    pub(crate) shared: Arc<Shared<V>>,
    pub(crate) item: Arc<Item<V>>,
}

impl<V> Clone for Engine<V> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), item: Arc::clone(&self.item) }
    }
}

impl<V: Value> Engine<V> {
    pub(crate) fn now(&self) -> Timestamp {
        self.shared.now()
    }

    pub(crate) fn admit(&self, ask: Ask, launch: Launch) -> Admission<V> {
        let (admission, notice) = self.item.slot.admit(self.now(), ask, launch);
        if let Some(happening) = notice {
            self.tell(happening);
        }
        admission
    }

    pub(crate) fn stats(&self) -> Stats {
        let stats = self.item.slot.stats(self.now());
        match &self.shared.local {
            None => stats,
            Some(local) => {
                let (server, local) = (self.now(), local.now());
                stats.shown_by(|at| shifted(at, server, local))
            }
        }
    }

    /// Marks the value as rejected: any, or the one of this id. Its source learns of it.
    pub(crate) fn reject(&self, only: Option<&str>) {
        if !self.item.slot.can_reject(only) {
            return;
        }
        let (now, drawn) = (self.now(), self.draw());
        let Some(happenings) = self.item.slot.reject(only, now, drawn) else { return };
        for happening in happenings {
            if let Happening::Invalidated { id: Some(id) } = &happening {
                // A source that panics has said nothing, and the value is rejected all the same.
                let _told =
                    caught("the source of the cached value", || self.item.source.reject(id));
            }
            self.tell(happening);
        }
    }

    pub(crate) fn handle_failure(&self, error: Error) -> Result<V, Error> {
        let hooks = self.shared.hooks.as_ref();
        match hooks.and_then(|hooks| hooks.handle_failure.as_ref()) {
            Some(hook) => {
                let previous = self.item.slot.cached();
                hook.handle_failure(previous.as_deref().map(Installed::value), &error)
            }
            None => Err(error),
        }
    }

    /// Works out everything about a new value that takes foreign code or allocates.
    pub(crate) fn prepare(&self, value: &V) -> Result<Prepared<V>, Error> {
        value.validate()?;
        let (now, drawn) = (self.now(), self.shared.chance.draw());
        let expires_at = value.expires_at();
        if self.shared.policy.arrival == Arrival::RejectExpired
            && let Some(expires_at) = expires_at.filter(|expires_at| *expires_at <= now)
        {
            let what = format!("the source yielded a value that expired at {expires_at}");
            return Err(Error::new(ErrorKind::ExpiredOnArrival, what));
        }
        let deadlines = self.deadlines(value, expires_at, now, drawn)?;
        let cached = self.item.slot.cached();
        let cached = cached.as_deref().map(Installed::value);
        let kept = self.kept(cached, value, now, drawn)?;
        if let Some(cached) = cached {
            value.prepare_like(cached);
        }
        Ok(self.item.slot.prepare(value, deadlines, kept))
    }

    /// Ends the flight with a value. `None` if it was given up before.
    pub(crate) fn install(
        &self,
        flight: &Arc<Flight<V>>,
        prepared: Prepared<V>,
    ) -> Option<(Outcome<V>, Happening, Replaced<V>)> {
        let now = self.now();
        let (outcome, deadlines, replaced) = self.item.slot.install(flight, prepared, now)?;
        let Deadlines { expires_at, refresh_at, .. } = deadlines;
        let happening = Happening::RefreshSucceeded {
            expires_at,
            next_refresh_at: expires_at.and(Some(refresh_at)),
            took: now.since(flight.began()),
        };
        Some((outcome, happening, replaced))
    }

    /// Ends the flight with a failure. `None` if it was given up before.
    pub(crate) fn fail(
        &self,
        flight: &Arc<Flight<V>>,
        error: Error,
    ) -> Option<(Outcome<V>, Happening)> {
        let (now, drawn) = (self.now(), self.draw());
        let failed = self.item.slot.fail(flight, error.clone(), now, drawn)?;
        Some((Outcome::Failed(error), failed))
    }

    /// Gives the flight up, unless it has ended: it takes far longer than it may.
    ///
    /// If its source blocks the thread, another contact would block one more. So that is a
    /// failure, and the source is not contacted before it returns.
    pub(crate) fn give_up(&self, flight: &Arc<Flight<V>>) {
        if flight.is_polling() {
            let (now, drawn) = (self.now(), self.draw());
            let error = blocks_its_thread();
            let failed = self.item.slot.fail_blocked(flight, error.clone(), now, drawn);
            if let Some(happening) = failed {
                flight.land(Outcome::Failed(error));
                self.tell(happening);
            }
        } else if self.item.slot.abandon(flight) {
            flight.land(Outcome::Stalled);
            self.tell(Happening::RefreshAbandoned);
        }
    }

    /// Ends the flight without an outcome, unless it has ended.
    pub(crate) fn abandon(&self, flight: &Arc<Flight<V>>) {
        if self.item.slot.abandon(flight) {
            flight.land(Outcome::Abandoned);
            self.tell(Happening::RefreshAbandoned);
        }
    }

    pub(crate) fn tell(&self, happening: Happening) {
        self.shared.tell(happening);
    }

    /// Chance where a panic in a source of the caller's own must not end what is going on.
    fn draw(&self) -> f64 {
        caught("the random source", || self.shared.chance.draw()).unwrap_or(0.5)
    }

    /// The deadlines of the cached value, if it has more life left than the new one and the
    /// policy prefers that.
    fn kept(
        &self,
        cached: Option<&V>,
        new: &V,
        now: Timestamp,
        drawn: f64,
    ) -> Result<Option<Deadlines>, Error> {
        let end = |value: &V| value.expires_at().unwrap_or(Timestamp::MAX);
        let prefers_the_longer = self.shared.policy.replacement != Replacement::Newest;
        match cached.filter(|cached| prefers_the_longer && end(cached) > end(new)) {
            Some(cached) => self.deadlines(cached, cached.expires_at(), now, drawn).map(Some),
            None => Ok(None),
        }
    }

    fn deadlines(
        &self,
        value: &V,
        expires_at: Option<Timestamp>,
        now: Timestamp,
        drawn: f64,
    ) -> Result<Deadlines, Error> {
        let Some(expires_at) = expires_at else { return Ok(Deadlines::NEVER) };
        let mut ahead = window(&self.shared.policy, expires_at.since(now), drawn);
        let hooks = self.shared.hooks.as_ref();
        if let Some(hook) = hooks.and_then(|hooks| hooks.adjust_expiry.as_ref())
            && !ahead.is_zero()
        {
            let due = hook.adjust_expiry(value, ahead)?;
            let due =
                self.shared.local.as_ref().map_or(due, |local| shifted(due, local.now(), now));
            ahead = expires_at.since(due);
        }
        Ok(Deadlines::new(&self.shared.policy, expires_at, ahead, drawn))
    }
}

/// The source has not returned from a poll.
pub(crate) fn blocks_its_thread() -> Error {
    Error::new(
        ErrorKind::TimedOut,
        "the cache's source blocks its thread, and is not called again before it returns",
    )
}
