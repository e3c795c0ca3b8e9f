use std::sync::Arc;

use stscreds_core::{Clock, Error, ErrorKind, Timestamp};

use crate::audience::Audience;
use crate::chance::Chance;
use crate::deadlines::{Deadlines, window};
use crate::entry::Verdict;
use crate::event::{Consequence, Happening};
use crate::flight::{Flight, Outcome};
use crate::hooks::Hooks;
use crate::policy::{Arrival, RefreshPolicy};
use crate::skew::ClockSkew;
use crate::slot::{Admission, Ask, Launch, Prepared, Setback, Slot};
use crate::stats::Stats;
use crate::upkeep::{Keeper, Upkeep};
use crate::value::{Source, Value};

/// What the handles of one cache share: the slot, and all that a refresh needs.
///
/// It brings time and chance to the pure decisions and carries them out.
///
/// Aligned so that the reference count of the handles, which lies before it, is on
/// another cache line than what every hit reads.
#[repr(align(128))]
pub(crate) struct Engine<V> {
    pub(crate) slot: Slot<V>,
    pub(crate) clock: Clock,
    pub(crate) policy: Arc<RefreshPolicy>,
    pub(crate) source: Box<dyn Source<V>>,
    pub(crate) chance: Chance,
    /// Boxed, as few caches have any.
    pub(crate) hooks: Option<Box<Hooks<V>>>,
    pub(crate) skew: Option<ClockSkew>,
    pub(crate) audience: Audience,
    pub(crate) upkeep: Upkeep,
    pub(crate) keeper: Keeper,
}

impl<V: Value> Engine<V> {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn admit(&self, ask: Ask, launch: Launch) -> Admission<V> {
        let (admission, notice) = self.slot.admit(&self.policy, self.now(), ask, launch);
        if let Some(happening) = notice {
            self.tell(happening);
        }
        admission
    }

    pub(crate) fn stats(&self) -> Stats {
        self.slot.stats(self.now())
    }

    /// Marks the value as rejected: any, or the one of this id.
    pub(crate) fn reject(&self, only: Option<&str>) {
        if let Some(id) = self.slot.reject(&self.policy, only) {
            self.tell(Happening::Invalidated { id });
        }
    }

    pub(crate) fn handle_failure(&self, error: Error) -> Result<V, Error> {
        let hooks = self.hooks.as_ref();
        match hooks.and_then(|hooks| hooks.handle_failure.as_ref()) {
            Some(hook) => hook.handle_failure(self.slot.previous().as_ref(), &error),
            None => Err(error),
        }
    }

    /// Works out everything about a new value that takes foreign code or allocates.
    pub(crate) fn prepare(&self, value: V) -> Result<Prepared<V>, Error> {
        let deadlines = match value.expires_at() {
            None => Deadlines::NEVER,
            Some(expires_at) => {
                let skew = self.skew.as_ref();
                let localized = skew.map_or(expires_at, |skew| skew.localized(expires_at));
                self.deadlines(&value, localized)?
            }
        };
        Ok(self.slot.prepare(value, deadlines))
    }

    /// Ends the flight with a value. `None` if it was given up before.
    pub(crate) fn install(
        &self,
        flight: &Arc<Flight<V>>,
        prepared: Prepared<V>,
    ) -> Option<(Outcome<V>, Happening)> {
        let now = self.now();
        let Deadlines { expires_at, refresh_at, .. } = *prepared.deadlines();
        let outcome = self.slot.install(&self.policy, flight, prepared, now)?;
        let happening = Happening::RefreshSucceeded {
            expires_at,
            next_refresh_at: expires_at.and(Some(refresh_at)),
            took: now.since(flight.began()),
        };
        Some((outcome, happening))
    }

    /// Ends the flight with a failure. `None` if it was given up before.
    pub(crate) fn fail(
        &self,
        flight: &Arc<Flight<V>>,
        error: Error,
    ) -> Option<(Outcome<V>, Happening)> {
        let (now, chance) = (self.now(), self.chance.draw());
        let (outcome, setback) = self.slot.fail(&self.policy, flight, error, now, chance)?;
        Some((outcome, setback.into()))
    }

    /// Ends the flight without an outcome, unless it has ended.
    pub(crate) fn abandon(&self, flight: &Arc<Flight<V>>) {
        if self.slot.abandon(&self.policy, flight) {
            flight.land(Outcome::Abandoned);
            self.tell(Happening::RefreshAbandoned);
        }
    }

    pub(crate) fn tell(&self, happening: Happening) {
        self.audience.tell(self.now(), happening);
    }

    fn deadlines(&self, value: &V, expires_at: Timestamp) -> Result<Deadlines, Error> {
        let (now, chance) = (self.now(), self.chance.draw());
        if expires_at <= now && self.policy.arrival == Arrival::RejectExpired {
            let what = format!("the source yielded a value that expired at {expires_at}");
            return Err(Error::new(ErrorKind::ExpiredOnArrival, what));
        }
        let mut ahead = window(&self.policy, expires_at.since(now), chance);
        let hooks = self.hooks.as_ref();
        if let Some(hook) = hooks.and_then(|hooks| hooks.adjust_expiry.as_ref())
            && !ahead.is_zero()
        {
            ahead = expires_at.since(hook.adjust_expiry(value, ahead)?);
        }
        Ok(Deadlines::new(&self.policy, expires_at, ahead, chance))
    }
}

impl From<Setback> for Happening {
    fn from(setback: Setback) -> Self {
        Self::RefreshFailed {
            error: setback.error,
            consequence: match setback.verdict {
                Verdict::Serve => Consequence::Served,
                Verdict::ServeStale => Consequence::ServedStale,
                Verdict::Raise => Consequence::Raised,
            },
            next_attempt_at: setback.next_attempt_at,
        }
    }
}
