use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use stscreds_core::{Error, Timestamp};

use super::Installed;
use crate::decide::consequence::Consequence;
use crate::decide::deadlines::Deadlines;
use crate::decide::entry::{Decision, Entry, Hold, NEVER, Rejected};
use crate::decide::phase::Phase;
use crate::decide::policy::{RefreshPolicy, Starter};
use crate::observe::event::Happening;
use crate::observe::stats::{Counters, Stats};
use crate::share::flight::{Flight, Outcome};

/// What the mutex guards: the newest value, what is known about it, and the one
/// flight.
///
/// Nothing here runs a value's own code, which may ask the cache itself: values are
/// counted references, and the id was asked for before.
pub(super) struct Control<V> {
    cached: Option<Cached<V>>,
    entry: Entry,
    flight: Option<Arc<Flight<V>>>,
    /// A flight that was given up while its source blocks a thread.
    blocked: Option<Arc<Flight<V>>>,
    /// Whether a caller must come by, whatever there is to serve.
    is_disturbed: bool,
    counters: Counters,
}

/// The newest value, as one of the stripes has it.
pub(super) struct Cached<V> {
    pub(super) value: Arc<Installed<V>>,
    pub(super) id: Option<Box<str>>,
}

/// What a caller asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    /// A value, and it will wait for one.
    Value,
    /// A value with so much life left, if sessions live for that long.
    Remaining(Duration),
    /// A value without waiting, or nothing.
    ValueAtOnce,
    /// A new value, unless the source is backed off from.
    Refresh,
    /// A new value, whatever failed before.
    RefreshNow,
    /// That a refresh which is due begins.
    Upkeep,
}

impl Ask {
    /// Whether the caller wants a new value rather than the cached one.
    pub(crate) fn wants_a_new_value(self) -> bool {
        matches!(self, Self::Refresh | Self::RefreshNow)
    }
}

/// Whether the caller can begin a flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Launch {
    Possible,
    Impossible,
}

/// What a caller gets.
pub(crate) enum Admission<V> {
    Serve(Arc<Installed<V>>),
    /// The caller must launch this flight; it gets the value or else waits.
    Begin {
        flight: Arc<Flight<V>>,
        serve: Option<Arc<Installed<V>>>,
    },
    Join(Arc<Flight<V>>),
    Raise(Error),
    /// It would have to wait and does not want to.
    Decline,
    /// It would have to begin a flight and cannot.
    NoRuntime,
    /// It would have to begin a flight, and the source has not returned from the last one.
    Blocked,
}

impl<V> Control<V> {
    pub(super) fn new(policy: Arc<RefreshPolicy>) -> Self {
        Self {
            cached: None,
            entry: Entry::new(policy),
            flight: None,
            blocked: None,
            is_disturbed: false,
            counters: Counters::default(),
        }
    }

    /// Says whether something that held the source back is over.
    pub(super) fn settle(&mut self, now: Timestamp, launch: Launch) -> bool {
        let is_calmed = self.is_disturbed && launch == Launch::Possible;
        self.is_disturbed &= !is_calmed;
        self.entry.settle(now) || is_calmed
    }

    /// Readers must ask until a caller comes that can begin a flight.
    pub(super) fn disturb(&mut self) {
        self.is_disturbed = true;
    }

    /// The flight's source blocks its thread: no other flight begins before it returns.
    pub(super) fn block(&mut self, flight: &Arc<Flight<V>>) {
        self.blocked = Some(Arc::clone(flight));
    }

    fn is_blocked(&mut self) -> bool {
        self.blocked.take_if(|flight| !flight.is_polling());
        self.blocked.is_some()
    }

    pub(super) fn admit(
        &mut self,
        now: Timestamp,
        ask: Ask,
        launch: Launch,
    ) -> (Admission<V>, Option<Happening>) {
        let decision = match (ask, self.entry.hold_at(now)) {
            (Ask::Refresh, Some(hold)) => Decision::Raise(hold.error().clone()),
            (Ask::Refresh, None) | (Ask::RefreshNow, _) => Decision::Wait,
            (Ask::Remaining(least), None) if self.entry.lacks(least, now) => Decision::Wait,
            _ => self.entry.decide(now),
        };
        let notice = self.note(&decision, ask, now);
        let admission = match (decision, self.value()) {
            (Decision::Raise(error), _) => Admission::Raise(error),
            (Decision::Serve | Decision::ServeStale, Some(value)) => Admission::Serve(value),
            (Decision::Refresh, Some(value)) => self.refresh(now, ask, launch, value),
            (Decision::Wait, _) | (_, None) => self.wait(now, ask, launch),
        };
        (admission, notice)
    }

    /// What a caller gets that needs a refresh, after one that failed or could not begin.
    pub(super) fn without_refresh(
        &mut self,
        error: Error,
        now: Timestamp,
    ) -> Result<Arc<Installed<V>>, Error> {
        let consequence = self.entry.consequence(&error, now);
        self.counters.stale_served += u64::from(consequence == Consequence::ServedStale);
        match consequence {
            Consequence::Raised => Err(error),
            _ => self.value().ok_or(error),
        }
    }

    /// Ends the flight with this value. Gives the replaced one back.
    pub(super) fn succeed(
        &mut self,
        flight: &Arc<Flight<V>>,
        arrived: Cached<V>,
        deadlines: Deadlines,
        now: Timestamp,
    ) -> Option<(Outcome<V>, Option<Cached<V>>)> {
        self.end(flight)?;
        self.entry.succeed(deadlines, arrived.id.as_deref(), now);
        self.counters.succeeded(now);
        let value = Arc::clone(&arrived.value);
        let outcome = match self.entry.is_rejected() {
            true => Outcome::Rejected(value),
            false => Outcome::Arrived(value),
        };
        Some((outcome, self.cached.replace(arrived)))
    }

    /// Ends the flight, whose value had less life than the cached one: that is kept.
    pub(super) fn keep(
        &mut self,
        flight: &Arc<Flight<V>>,
        deadlines: Deadlines,
        now: Timestamp,
    ) -> Option<Outcome<V>> {
        let value = self.value()?;
        self.end(flight)?;
        let id = self.cached.as_ref().and_then(|cached| cached.id.as_deref());
        self.entry.succeed(deadlines, id, now);
        self.counters.succeeded(now);
        Some(Outcome::Arrived(value))
    }

    pub(super) fn fail(
        &mut self,
        flight: &Arc<Flight<V>>,
        error: Error,
        now: Timestamp,
        drawn: f64,
    ) -> Option<Happening> {
        self.end(flight)?;
        let consequence = self.entry.fail(&error, now, drawn);
        Some(self.failed(error, consequence, now))
    }

    pub(super) fn abandon(&mut self, flight: &Arc<Flight<V>>) -> bool {
        let was_in_flight = self.end(flight).is_some();
        self.counters.abandoned += u64::from(was_in_flight);
        was_in_flight
    }

    /// Whether a rejection of the value of this id, or of any, would change something.
    pub(super) fn can_reject(&self, only: Option<&str>) -> bool {
        let id = self.cached.as_ref().and_then(|cached| cached.id.as_deref());
        let is_meant = only.is_none() || only == id;
        let has_value = self.cached.is_some() || self.flight.is_some();
        is_meant && has_value && !self.entry.is_rejected()
    }

    pub(super) fn reject(
        &mut self,
        only: Option<&str>,
        now: Timestamp,
        drawn: f64,
    ) -> Option<Vec<Happening>> {
        if !self.can_reject(only) {
            return None;
        }
        let id = self.cached.as_ref().and_then(|cached| cached.id.as_deref().map(str::to_owned));
        let rejected = self.entry.reject(id.as_deref(), now, drawn);
        let mut happenings = vec![Happening::Invalidated { id }];
        match rejected {
            Rejected::Again => return None,
            Rejected::First => {}
            Rejected::Repeated(error) => {
                let consequence = self.entry.consequence(&error, now);
                happenings.push(self.failed(error, consequence, now));
            }
        }
        self.counters.invalidations += 1;
        Some(happenings)
    }

    pub(super) fn quiet(&self) -> Range<Timestamp> {
        if self.is_disturbed {
            return NEVER;
        }
        self.entry.quiet(self.flight.is_some())
    }

    pub(super) fn is_rejected(&self) -> bool {
        self.entry.is_rejected()
    }

    pub(super) fn value(&self) -> Option<Arc<Installed<V>>> {
        self.cached.as_ref().map(|cached| Arc::clone(&cached.value))
    }

    #[cfg(feature = "pool")]
    pub(super) fn is_in_flight(&self) -> bool {
        self.flight.is_some()
    }

    /// Forgets the value.
    #[cfg(feature = "pool")]
    pub(super) fn empty(&mut self) -> Option<Cached<V>> {
        self.cached.take()
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

    /// Counts a failure, and says what to tell of it.
    fn failed(&mut self, error: Error, consequence: Consequence, now: Timestamp) -> Happening {
        self.counters.failed(&error);
        let next_attempt_at = self.entry.hold_at(now).map(Hold::until);
        Happening::RefreshFailed { error, consequence, next_attempt_at }
    }

    /// The value is due and can be served.
    fn refresh(
        &mut self,
        now: Timestamp,
        ask: Ask,
        launch: Launch,
        value: Arc<Installed<V>>,
    ) -> Admission<V> {
        if self.flight.is_some() || launch == Launch::Impossible || self.is_blocked() {
            return Admission::Serve(value);
        }
        match (self.entry.policy().starter, ask) {
            (Starter::Waits, Ask::ValueAtOnce) => Admission::Decline,
            (Starter::Waits, _) => self.begin(now, None),
            (Starter::IsServed, _) => self.begin(now, Some(value)),
        }
    }

    /// The outcome of a flight is needed.
    fn wait(&mut self, now: Timestamp, ask: Ask, launch: Launch) -> Admission<V> {
        let is_blocked = self.is_blocked();
        match (&self.flight, ask, launch) {
            (_, Ask::ValueAtOnce, _) => Admission::Decline,
            (Some(flight), _, _) => Admission::Join(Arc::clone(flight)),
            (None, Ask::Upkeep, _) if self.is_left_to_callers(now) => Admission::Decline,
            (None, _, Launch::Impossible) => Admission::NoRuntime,
            (None, _, Launch::Possible) if is_blocked => Admission::Blocked,
            (None, _, Launch::Possible) => self.begin(now, None),
        }
    }

    /// Whether a refresh waits until a caller needs it: nothing is cached, or it is of no use
    /// and the source denies another, which would be asked for day and night.
    fn is_left_to_callers(&self, now: Timestamp) -> bool {
        let is_denied = || self.counters.last_error().is_some_and(|it| !it.is_recoverable());
        match self.entry.phase_at(now) {
            Phase::Missing => true,
            _ => self.entry.is_unfit(now) && is_denied(),
        }
    }

    fn begin(&mut self, now: Timestamp, serve: Option<Arc<Installed<V>>>) -> Admission<V> {
        let flight = Flight::new(now);
        self.entry.depart();
        self.flight = Some(Arc::clone(&flight));
        Admission::Begin { flight, serve }
    }

    /// Removes the flight; only the one that is in flight can end.
    fn end(&mut self, flight: &Arc<Flight<V>>) -> Option<()> {
        let under_way = self.flight.as_ref();
        under_way.is_some_and(|under_way| Arc::ptr_eq(under_way, flight)).then_some(())?;
        self.flight = None;
        Some(())
    }

    /// Counts what is out of the ordinary, and says what to tell of it.
    fn note(&mut self, decision: &Decision, ask: Ask, now: Timestamp) -> Option<Happening> {
        // A caller that declines to wait asks again, and is counted then.
        let asks_again = ask == Ask::ValueAtOnce && matches!(decision, Decision::Raise(_));
        let passes = matches!(ask, Ask::Upkeep | Ask::RefreshNow);
        if passes || asks_again || self.entry.hold_at(now).is_none() {
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
