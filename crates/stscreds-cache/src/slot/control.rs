use std::ops::Range;
use std::sync::Arc;

use stscreds_core::{Error, Timestamp};

use crate::deadlines::Deadlines;
use crate::entry::{Decision, Entry, Hold, Verdict};
use crate::event::Happening;
use crate::flight::{Flight, Outcome};
use crate::phase::Phase;
use crate::policy::{RefreshPolicy, Starter};
use crate::stats::{Counters, Stats};
use crate::value::Value;

/// What the mutex guards: the newest value, what is known about it, and the one
/// flight.
pub(super) struct Control<V> {
    value: Option<V>,
    entry: Entry,
    flight: Option<Arc<Flight<V>>>,
    counters: Counters,
}

/// What a caller asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    /// A value, and it will wait for one.
    Value,
    /// A value without waiting, or nothing.
    ValueAtOnce,
    /// A new value.
    Refresh,
    /// That a refresh which is due begins.
    Upkeep,
}

/// Whether the caller can begin a flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Launch {
    Possible,
    Impossible,
}

/// What a caller gets.
pub(crate) enum Admission<V> {
    Serve(V),
    /// The caller must launch this flight; it gets the value or else waits.
    Begin {
        flight: Arc<Flight<V>>,
        serve: Option<V>,
    },
    Join(Arc<Flight<V>>),
    Raise(Error),
    /// It would have to wait and does not want to.
    Decline,
    /// It would have to begin a flight and cannot.
    Grounded,
}

/// What a failed refresh means for what comes next.
#[derive(Debug, Clone)]
pub(crate) struct Setback {
    pub(crate) error: Error,
    pub(crate) verdict: Verdict,
    /// When the source may be contacted next; `None` if the next caller may.
    pub(crate) next_attempt_at: Option<Timestamp>,
}

impl<V> Default for Control<V> {
    fn default() -> Self {
        Self { value: None, entry: Entry::default(), flight: None, counters: Counters::default() }
    }
}

impl<V: Value> Control<V> {
    /// Says whether something that held the source back is over.
    pub(super) fn settle(&mut self, now: Timestamp) -> bool {
        self.entry.settle(now)
    }

    pub(super) fn admit(
        &mut self,
        policy: &RefreshPolicy,
        now: Timestamp,
        ask: Ask,
        launch: Launch,
    ) -> (Admission<V>, Option<Happening>) {
        let decision = match (ask, self.entry.hold_at(now)) {
            (Ask::Refresh, Some(hold)) => Decision::Raise(hold.error().clone()),
            (Ask::Refresh, None) => Decision::Wait,
            _ => self.entry.decide(policy, now),
        };
        let notice = self.note(&decision, ask, now);
        let admission = match (decision, self.value.clone()) {
            (Decision::Raise(error), _) => Admission::Raise(error),
            (Decision::Serve | Decision::ServeStale, Some(value)) => Admission::Serve(value),
            (Decision::Refresh, Some(value)) => self.refresh(policy, now, ask, launch, value),
            (Decision::Wait, _) | (_, None) => self.wait(now, ask, launch),
        };
        (admission, notice)
    }

    /// What a caller gets who needs a refresh that nobody can make, because of this.
    pub(super) fn without_refresh(
        &self,
        policy: &RefreshPolicy,
        error: Error,
        now: Timestamp,
    ) -> Result<V, Error> {
        match self.entry.verdict(policy, &error, now) {
            Verdict::Serve | Verdict::ServeStale => self.value.clone().ok_or(error),
            Verdict::Raise => Err(error),
        }
    }

    pub(super) fn succeed(
        &mut self,
        flight: &Arc<Flight<V>>,
        value: V,
        deadlines: Deadlines,
        now: Timestamp,
    ) -> Option<(Outcome<V>, Option<V>)> {
        self.end(flight)?;
        self.entry.succeed(deadlines, value.id());
        self.counters.succeeded(now);
        let outcome = match self.entry.is_rejected() {
            true => Outcome::Rejected(value.clone()),
            false => Outcome::Arrived(value.clone()),
        };
        Some((outcome, self.value.replace(value)))
    }

    pub(super) fn fail(
        &mut self,
        policy: &RefreshPolicy,
        flight: &Arc<Flight<V>>,
        error: Error,
        now: Timestamp,
        chance: f64,
    ) -> Option<(Outcome<V>, Setback)> {
        self.end(flight)?;
        let verdict = self.entry.fail(policy, &error, now, chance);
        self.counters.failed(&error);
        let serve = match verdict {
            Verdict::Serve | Verdict::ServeStale => self.value.clone(),
            Verdict::Raise => None,
        };
        let is_stale = verdict == Verdict::ServeStale;
        let setback = Setback {
            error: error.clone(),
            verdict,
            next_attempt_at: self.entry.hold_at(now).map(Hold::until),
        };
        let outcome = Outcome::Failed { error, serve, is_stale };
        Some((outcome, setback))
    }

    pub(super) fn count_stale(&mut self) {
        self.counters.stale_served += 1;
    }

    pub(super) fn abandon(&mut self, flight: &Arc<Flight<V>>) -> bool {
        let was_under_way = self.end(flight).is_some();
        self.counters.abandoned += u64::from(was_under_way);
        was_under_way
    }

    pub(super) fn reject(&mut self, only: Option<&str>) -> Option<Option<String>> {
        let cached = self.value.as_ref();
        if cached.is_none() && self.flight.is_none() {
            return None;
        }
        let id = cached.and_then(Value::id);
        if only.is_some() && only != id {
            return None;
        }
        let id = id.map(str::to_owned);
        self.entry.reject(id.as_deref());
        self.counters.invalidations += 1;
        Some(id)
    }

    pub(super) fn quiet(&self, policy: &RefreshPolicy) -> Range<Timestamp> {
        self.entry.quiet(policy, self.flight.is_some())
    }

    pub(super) fn value(&self) -> Option<&V> {
        self.value.as_ref()
    }

    pub(super) fn next_attempt_at(&self) -> Option<Timestamp> {
        match self.flight {
            Some(_) => None,
            None => self.entry.next_attempt_at(),
        }
    }

    pub(super) fn stats(&self, now: Timestamp) -> Stats {
        Stats::new(&self.counters, &self.entry, self.flight.is_some(), now)
    }

    /// The value is due and can be served.
    fn refresh(
        &mut self,
        policy: &RefreshPolicy,
        now: Timestamp,
        ask: Ask,
        launch: Launch,
        value: V,
    ) -> Admission<V> {
        if self.flight.is_some() || launch == Launch::Impossible {
            return Admission::Serve(value);
        }
        match (policy.starter, ask) {
            (Starter::Waits, Ask::ValueAtOnce) => Admission::Decline,
            (Starter::Waits, _) => self.begin(now, None),
            (Starter::IsServed, _) => self.begin(now, Some(value)),
        }
    }

    /// The outcome of a flight is needed.
    fn wait(&mut self, now: Timestamp, ask: Ask, launch: Launch) -> Admission<V> {
        match (&self.flight, ask, launch) {
            (_, Ask::ValueAtOnce, _) => Admission::Decline,
            (Some(flight), _, _) => Admission::Join(Arc::clone(flight)),
            (None, Ask::Upkeep, _) if self.is_left_to_callers(now) => Admission::Decline,
            (None, _, Launch::Impossible) => Admission::Grounded,
            (None, _, Launch::Possible) => self.begin(now, None),
        }
    }

    /// Whether a refresh waits until somebody needs it: nothing is cached, or it has
    /// expired and the source denies another, which would be asked for day and night.
    fn is_left_to_callers(&self, now: Timestamp) -> bool {
        match self.entry.phase_at(now) {
            Phase::Missing => true,
            Phase::Expired => self.counters.last_error().is_some_and(|it| !it.is_recoverable()),
            _ => false,
        }
    }

    fn begin(&mut self, now: Timestamp, serve: Option<V>) -> Admission<V> {
        let flight = Flight::new(now);
        self.entry.depart();
        self.flight = Some(Arc::clone(&flight));
        Admission::Begin { flight, serve }
    }

    /// Takes the flight down; only the one that is under way can end.
    fn end(&mut self, flight: &Arc<Flight<V>>) -> Option<()> {
        let under_way = self.flight.as_ref();
        under_way.is_some_and(|under_way| Arc::ptr_eq(under_way, flight)).then_some(())?;
        self.flight = None;
        Some(())
    }

    /// Counts what is out of the ordinary, and says what to tell of it.
    fn note(&mut self, decision: &Decision, ask: Ask, now: Timestamp) -> Option<Happening> {
        // Whoever declines to wait asks again, and is counted then.
        let asks_again = ask == Ask::ValueAtOnce && matches!(decision, Decision::Raise(_));
        if ask == Ask::Upkeep || asks_again || self.entry.hold_at(now).is_none() {
            return None;
        }
        self.counters.backed_off += 1;
        let until = self.entry.meet_hold(now);
        let expired_at = self.entry.deadlines().and_then(|known| known.expires_at);
        match (decision, expired_at) {
            (Decision::ServeStale, Some(expired_at)) => {
                self.counters.stale_served += 1;
                until.map(|_first| Happening::StaleServed { expired_at })
            }
            _ => until.map(|until| Happening::BackedOff { until }),
        }
    }
}
