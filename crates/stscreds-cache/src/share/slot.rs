//! All state that tasks share.
//!
//! # Readers and writers
//!
//! Readers look at a *stripe*: a pointer to an [`Installed`] value with the
//! instants that a reader compares with the clock. There are several stripes with
//! one value, so that threads which clone handles touch different counts; a thread
//! always uses the same one. Writers hold the *control* mutex, decide with what it
//! guards, and then tell the stripes. Nobody awaits while holding it.
//!
//! # Why a reader may trust what it sees
//!
//! 1. **No torn value.** Value and expiry are immutable and reached through one
//!    pointer. The mutable instants, `quiet_from` and `quiet_until`, belong to the value
//!    they are about: they lie inside of the same allocation. A reader that holds the old
//!    value compares with the old value's instants, whatever is installed meanwhile. (With
//!    the instants beside the pointer, a reader could meet the new instants and the old
//!    value, and serve it expired: botocore's race.)
//! 2. **A late reader does no harm.** The two say: between these every decision is
//!    "serve". The second is lowered when the value is rejected and raised when a refresh
//!    begins. A reader that misses the change serves a valid value once more, as if it
//!    had come a moment earlier. One that was told of the change, by a channel, a join
//!    or a lock, cannot miss it: the change is stored before the mutex is released.
//!    A reader that sees a new end also sees its beginning, as the end is stored last and
//!    loaded first. A reader that sees an old end with a new beginning acts as if it had come
//!    a moment earlier.
//! 3. **Whoever does more than serve holds the mutex**, and decides anew with what it
//!    guards. So at most one flight begins, and it begins from the newest state.
//!
//! # Orderings
//!
//! - The stripe's pointer: arc-swap stores it with sequential consistency and loads
//!   with Acquire at least, so the contents are visible to whoever sees the pointer.
//! - `quiet_until` and `quiet_from`: Release and Acquire, which keeps the second store and
//!   the first load in their places. On x86-64 it is the same instructions as Relaxed, and
//!   on `AArch64` the load is one `ldapr`.
//! - All else is under the mutex.
//!
//! # Collisions
//!
//! A landing and a rejection that come at once are ordered by the mutex. If the
//! rejection is first, the landing finds it and, unless the new value has another id,
//! leaves it in force. If it is second, it applies to what has just been installed.
//! A flight's end and the removal of the flight are one critical section, so nobody
//! joins a flight that has ended.

mod control;
mod stripe;
pub(crate) mod stripe_of_thread;

use std::ops::Range;
use std::sync::Arc;

use stscreds_core::{Error, Timestamp};

pub(crate) use self::control::{Admission, Ask, Launch};
use self::control::{Cached, Control};
pub(crate) use self::stripe::Installed;
use self::stripe::Stripe;
use crate::decide::deadlines::Deadlines;
use crate::decide::entry::NEVER;
use crate::decide::policy::RefreshPolicy;
use crate::observe::event::Happening;
use crate::observe::stats::Stats;
use crate::share::flight::{Flight, Outcome};
use crate::share::sync::Mutex;
use crate::value::Value;

/// See the module's documentation.
pub(crate) struct Slot<V> {
    stripes: Box<[Stripe<V>]>,
    control: Mutex<Control<V>>,
}

/// A value that is ready to be installed: what allocates and what is a value's own
/// code has been done.
pub(crate) struct Prepared<V> {
    deadlines: Deadlines,
    /// Of the cached value, if that is to be kept unless it was rejected.
    kept: Option<Deadlines>,
    id: Option<Box<str>>,
    /// One for each stripe, and there is one stripe at least.
    copies: Vec<Arc<Installed<V>>>,
}

/// What was replaced: to be dropped outside of the lock, and where a panic does no harm.
pub(crate) struct Replaced<V> {
    _stripes: Vec<Arc<Installed<V>>>,
    _cached: Option<Cached<V>>,
}

impl<V: Value> Slot<V> {
    pub(crate) fn new(stripes: usize, policy: Arc<RefreshPolicy>) -> Self {
        let stripes = stripes.max(1).next_power_of_two();
        Self {
            stripes: (0..stripes).map(|_| Stripe::empty()).collect(),
            control: Mutex::new(Control::new(policy)),
        }
    }

    /// Reads the value by `read` if all there is to do now is to serve it, and gives
    /// `read` to `otherwise` if there is more.
    ///
    /// This is the hit path: no lock, no shared write, no allocation. `clock` is read
    /// between the two writes that protect a value, which leave the processor idle.
    #[inline]
    pub(crate) fn hit<R, F: FnOnce(&V) -> R>(
        &self,
        clock: impl FnOnce() -> Timestamp,
        read: F,
        otherwise: impl FnOnce(F) -> R,
    ) -> R {
        // Out of this block by `return`, as what passes through a `Result` is copied.
        {
            let installed = self.stripe().load();
            let now = clock();
            if let Some(value) = installed.as_ref().and_then(|copy| copy.quiet_at(now)) {
                return read(value);
            }
        }
        otherwise(read)
    }

    /// Reads the value by `read` if it has not expired at `now`.
    pub(crate) fn peek<R>(&self, now: Timestamp, read: impl FnOnce(&V) -> R) -> Option<R> {
        let installed = self.stripe().load();
        installed.as_ref().and_then(|copy| copy.valid_at(now)).map(read)
    }

    /// What this thread reads, to be kept by a reader that will ask it anew.
    pub(crate) fn copy(&self) -> Option<Arc<Installed<V>>> {
        self.stripe().load_full()
    }

    /// Decides what a caller gets, and begins a flight if that is part of it.
    pub(crate) fn admit(
        &self,
        now: Timestamp,
        ask: Ask,
        launch: Launch,
    ) -> (Admission<V>, Option<Happening>) {
        let mut control = self.control.lock();
        let settled = control.settle(now, launch);
        let admitted = control.admit(now, ask, launch);
        if settled || matches!(admitted.0, Admission::Begin { .. }) {
            self.tell_stripes(&control.quiet());
        }
        admitted
    }

    /// What a caller gets that needs a refresh, after one that failed or could not begin.
    pub(crate) fn without_refresh(
        &self,
        error: Error,
        now: Timestamp,
    ) -> Result<Arc<Installed<V>>, Error> {
        self.control.lock().without_refresh(error, now)
    }

    /// `kept` are the deadlines of the cached value, if that is to be kept.
    pub(crate) fn prepare(
        &self,
        value: &V,
        deadlines: Deadlines,
        kept: Option<Deadlines>,
    ) -> Prepared<V> {
        let copy = |_: &Stripe<V>| {
            let handle = match self.stripes.len() {
                // One stripe separates no threads, and a handle of its own takes memory.
                1 => value.clone(),
                _ => value.uncontended(),
            };
            Arc::new(Installed::new(handle, deadlines.expires_at))
        };
        let id = value.id().map(Box::from);
        Prepared { deadlines, kept, id, copies: self.stripes.iter().map(copy).collect() }
    }

    /// Ends the flight with a value. `None` if it was not in flight any more.
    ///
    /// Gives the deadlines of what is cached now, too.
    pub(crate) fn install(
        &self,
        flight: &Arc<Flight<V>>,
        prepared: Prepared<V>,
        now: Timestamp,
    ) -> Option<(Outcome<V>, Deadlines, Replaced<V>)> {
        let Prepared { deadlines, kept, id, copies } = prepared;
        let mut control = self.control.lock();
        if let Some(deadlines) = kept.filter(|_| !control.is_rejected()) {
            let outcome = control.keep(flight, deadlines, now)?;
            self.tell_stripes(&control.quiet());
            drop(control);
            return Some((outcome, deadlines, Replaced { _stripes: copies, _cached: None }));
        }
        let arrived = Cached { value: Arc::clone(copies.first()?), id };
        let (outcome, replaced) = control.succeed(flight, arrived, deadlines, now)?;
        let quiet = control.quiet();
        let superseded: Vec<_> = self
            .stripes
            .iter()
            .zip(copies)
            .filter_map(|(stripe, copy)| {
                copy.keep_quiet(&quiet);
                stripe.swap(copy)
            })
            .inspect(|superseded| {
                // A reader that still holds it must look again.
                superseded.keep_quiet(&NEVER);
            })
            .collect();
        drop(control);
        // After the lock: dropping a value is its own code.
        let replaced = Replaced { _stripes: superseded, _cached: replaced };
        Some((outcome, deadlines, replaced))
    }

    /// Ends the flight with a failure, and says what to tell of it. `None` if it was not in
    /// flight any more.
    pub(crate) fn fail(
        &self,
        flight: &Arc<Flight<V>>,
        error: Error,
        now: Timestamp,
        drawn: f64,
    ) -> Option<Happening> {
        let mut control = self.control.lock();
        let failed = control.fail(flight, error, now, drawn)?;
        self.tell_stripes(&control.quiet());
        Some(failed)
    }

    /// The same for a flight whose source has not returned.
    pub(crate) fn fail_blocked(
        &self,
        flight: &Arc<Flight<V>>,
        error: Error,
        now: Timestamp,
        drawn: f64,
    ) -> Option<Happening> {
        let mut control = self.control.lock();
        let failed = control.fail(flight, error, now, drawn)?;
        control.block(flight);
        self.tell_stripes(&control.quiet());
        Some(failed)
    }

    /// From now on callers ask, until one of them can begin a flight.
    pub(crate) fn disturb(&self) {
        let mut control = self.control.lock();
        control.disturb();
        self.tell_stripes(&control.quiet());
    }

    /// Ends the flight without an outcome. Says whether it was in flight.
    pub(crate) fn abandon(&self, flight: &Arc<Flight<V>>) -> bool {
        let mut control = self.control.lock();
        let was_in_flight = control.abandon(flight);
        if was_in_flight {
            self.tell_stripes(&control.quiet());
        }
        was_in_flight
    }

    /// Whether a rejection of the value of this id, or of any, would change something.
    pub(crate) fn can_reject(&self, only: Option<&str>) -> bool {
        self.control.lock().can_reject(only)
    }

    /// Marks the value as rejected: any, or the one of this id. Says what to tell of it; `None`
    /// if there is nothing to mark or the mark is there.
    pub(crate) fn reject(
        &self,
        only: Option<&str>,
        now: Timestamp,
        drawn: f64,
    ) -> Option<Vec<Happening>> {
        let mut control = self.control.lock();
        let rejected = control.reject(only, now, drawn)?;
        self.tell_stripes(&control.quiet());
        Some(rejected)
    }

    /// Empties the slot unless a flight exists, or `may_retire` says no.
    ///
    /// A flight begins in this critical section only: none can begin between `may_retire`
    /// and the end.
    #[cfg(feature = "pool")]
    pub(crate) fn retire(&self, may_retire: impl FnOnce() -> bool) -> Option<Replaced<V>> {
        let mut control = self.control.lock();
        if control.is_in_flight() || !may_retire() {
            return None;
        }
        let stripes = self.stripes.iter().filter_map(Stripe::take).collect();
        Some(Replaced { _stripes: stripes, _cached: control.empty() })
    }

    /// The value, valid or not.
    pub(crate) fn cached(&self) -> Option<Arc<Installed<V>>> {
        self.control.lock().value()
    }

    pub(crate) fn stats(&self, now: Timestamp) -> Stats {
        self.control.lock().stats(now)
    }

    /// When the source may be contacted next without being asked to; `None` while it is
    /// being contacted.
    pub(crate) fn next_attempt_at(&self) -> Option<Timestamp> {
        self.control.lock().next_attempt_at()
    }

    /// While the control is locked, or stripes may get what is older than what is there.
    fn tell_stripes(&self, quiet: &Range<Timestamp>) {
        for stripe in &self.stripes[..] {
            if let Some(copy) = stripe.load().as_ref() {
                copy.keep_quiet(quiet);
            }
        }
    }

    #[inline]
    fn stripe(&self) -> &Stripe<V> {
        // Their number is a power of two: a remainder without the division.
        &self.stripes[stripe_of_thread::current() & (self.stripes.len() - 1)]
    }
}
