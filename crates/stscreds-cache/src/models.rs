//! Every interleaving of the slot and the flight, tried by loom.
//!
//! Each model names the lines that it guards, as `Guards <file>, fn <name>: <line>`. With
//! that line removed the model fails: `cargo xtask loom prove` removes each in a copy of
//! the crate and runs its model. Where an order or an ordering is guarded, ` ==> <line>`
//! follows, which takes the line's place.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a model fails by panicking")]

mod rejections;

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use loom::future::block_on;
use loom::model;
use loom::thread::spawn;
use stscreds_core::{Clock, Error, ErrorKind, Expires, InteractiveScope, ManualClock, Timestamp};

use crate::cache::Cache;
use crate::decide::deadlines::Deadlines;
use crate::decide::policy::{Backoff, RefreshPolicy};
use crate::run::refresh_task::RefreshTask;
use crate::share::flight::{Flight, Outcome};
use crate::share::slot::stripe_of_thread::choose;
use crate::share::slot::{Admission, Ask, Launch, Slot};
use crate::value::Value;

#[derive(Debug, Clone)]
struct Ticket {
    id: &'static str,
    expires_at: Timestamp,
}

impl Expires for Ticket {
    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

impl Value for Ticket {
    fn id(&self) -> Option<&str> {
        Some(self.id)
    }
}

const fn at(second: i64) -> Timestamp {
    Timestamp::from_unix_seconds(second)
}

/// Due half of its 100 seconds before it expires, and waited for in the last 25.
fn ticket(id: &'static str, installed: i64) -> (Ticket, Deadlines) {
    let expires_at = at(installed + 100);
    let deadlines = Deadlines::new(&policy(), expires_at, Duration::from_secs(50), 0.0);
    (Ticket { id, expires_at }, deadlines)
}

fn policy() -> RefreshPolicy {
    RefreshPolicy { backoff: Backoff::Off, ..RefreshPolicy::default() }
}

/// A slot of two stripes, shared by two threads of a model.
#[derive(Clone)]
struct Shared(Arc<Slot<Ticket>>);

impl Shared {
    fn empty() -> Self {
        Self(Arc::new(Slot::new(2, Arc::new(policy()))))
    }

    fn holding(id: &'static str) -> Self {
        let shared = Self::empty();
        let flight = shared.begin(0);
        assert!(shared.install(&flight, id, 0).is_some());
        shared
    }

    fn admit(&self, ask: Ask, now: i64) -> Admission<Ticket> {
        self.0.admit(at(now), ask, Launch::Possible).0
    }

    fn begin(&self, now: i64) -> Arc<Flight<Ticket>> {
        match self.admit(Ask::Refresh, now) {
            Admission::Begin { flight, .. } => flight,
            _ => panic!("a flight is under way that should not be"),
        }
    }

    fn install(&self, flight: &Arc<Flight<Ticket>>, id: &'static str, now: i64) -> Option<()> {
        let (value, deadlines) = ticket(id, now);
        let prepared = self.0.prepare(&value, deadlines, None);
        let (outcome, _, replaced) = self.0.install(flight, prepared, at(now))?;
        flight.land(outcome);
        drop(replaced);
        Some(())
    }

    fn fail(&self, flight: &Arc<Flight<Ticket>>, now: i64) {
        let error = Error::new(ErrorKind::Throttled, "down");
        let failed = self.0.fail(flight, error.clone(), at(now), 0.0);
        flight.land(failed.map_or(Outcome::Abandoned, |_| Outcome::Failed(error)));
    }

    fn reject(&self, id: &str) -> bool {
        self.0.reject(Some(id), at(60), 0.0).is_some()
    }

    /// What readers of each stripe find.
    fn hits(&self, now: i64) -> [Option<&'static str>; 2] {
        let hits = [0, 1].map(|stripe| {
            choose(stripe);
            self.hit(now)
        });
        choose(0);
        hits
    }

    fn hit(&self, now: i64) -> Option<&'static str> {
        self.0.hit(|| at(now), |ticket| Some(ticket.id), |_read| None)
    }

    fn begins_at(&self, now: i64) -> bool {
        matches!(self.admit(Ask::Value, now), Admission::Begin { .. })
    }
}

/// Runs `other` on a second thread, at the other stripe, beside `here`.
fn beside<R>(
    shared: &Shared,
    other: impl FnOnce(Shared) + Send + 'static,
    here: impl FnOnce() -> R,
) -> R {
    let there = {
        let shared = shared.clone();
        spawn(move || {
            choose(1);
            other(shared);
        })
    };
    let output = here();
    there.join().unwrap();
    output
}

// Guards share/slot.rs, fn install: superseded.keep_quiet(&NEVER);
#[test]
fn a_copy_that_a_reader_keeps_learns_that_it_was_superseded() {
    model(|| {
        let shared = Shared::holding("old");
        let kept = shared.0.copy().unwrap();

        let refresh = |shared: Shared| {
            let flight = shared.begin(10);
            shared.install(&flight, "new", 10);
        };
        beside(&shared, refresh, || {
            // Meanwhile it may serve what is valid, and nothing that is not.
            assert!(kept.quiet_at(at(100)).is_none());
        });

        assert!(kept.quiet_at(at(20)).is_none());
        assert_eq!(shared.hit(20), Some("new"));
    });
}

// Guards share/slot.rs, fn install: copy.keep_quiet(&quiet);
#[test]
fn a_reader_sees_the_old_value_while_it_is_valid_or_the_new_one_with_its_own_deadline() {
    model(|| {
        let shared = Shared::holding("old");

        let refresh = |shared: Shared| {
            let flight = shared.begin(60);
            shared.install(&flight, "new", 60);
        };
        beside(&shared, refresh, || {
            // At 100 the old one has expired; at 60 it is due, and after the landing it is gone.
            assert!(matches!(shared.hit(100), None | Some("new")));
            assert!(shared.0.peek(at(100), |ticket| ticket.id != "old").unwrap_or(true));
        });

        assert_eq!(shared.hit(100), Some("new"));
        choose(1);
        assert_eq!(shared.hit(100), Some("new"));
    });
}

// Guards share/slot.rs, fn reject: self.tell_stripes(&control.quiet());
// Guards share/slot.rs, fn tell_stripes: for stripe in &self.stripes[..] { ==> for stripe in &self.stripes[..1] {
#[test]
fn a_rejection_shows_on_every_stripe_to_whoever_heard_of_it() {
    model(|| {
        let shared = Shared::holding("old");

        let reject = |shared: Shared| assert!(shared.reject("old"));
        beside(&shared, reject, || {
            assert!(matches!(shared.hit(10), None | Some("old")));
        });

        assert_eq!(shared.hits(10), [None, None]);
        assert!(shared.begins_at(10));
    });
}

// Guards decide/entry.rs, fn succeed: self.rejection = rejection.filter(|rejection| rejection.covers_arrival(id));
#[test]
fn a_rejection_is_not_overwritten_by_the_flight_under_way() {
    model(|| {
        let shared = Shared::holding("same");
        let flight = shared.begin(60);

        let reject = |shared: Shared| assert!(shared.reject("same"));
        beside(&shared, reject, || shared.install(&flight, "same", 60));

        // Before the landing or after it: the value is the rejected one.
        assert_eq!(shared.hit(61), None);
        assert!(shared.begins_at(61));
    });
}

// Guards share/slot/control.rs, fn begin: self.flight = Some(Arc::clone(&flight));
#[test]
fn cold_callers_begin_one_flight_between_them() {
    model(|| {
        let shared = Shared::empty();
        let (sender, receiver) = std::sync::mpsc::channel();

        let other = move |shared: Shared| sender.send(shared.begins_at(0)).unwrap();
        let here = beside(&shared, other, || shared.begins_at(0));

        assert!(here ^ receiver.recv().unwrap(), "one begins it and the other joins");
    });
}

/// One thread lands as `land` does, another asks; then the value is due and nobody is
/// in the way of its refresh.
fn nothing_is_left_behind_by(land: fn(Shared, Arc<Flight<Ticket>>), due: i64) {
    model(move || {
        let shared = Shared::holding("old");
        let flight = shared.begin(60);

        let landing = move |shared| land(shared, flight);
        beside(&shared, landing, || match shared.admit(Ask::Value, 80) {
            Admission::Join(flight) => drop(block_on(flight.wait())),
            Admission::Serve(_) => {}
            // After a failure or an abandoned flight, the next one.
            Admission::Begin { flight, .. } => shared.fail(&flight, 80),
            _ => panic!("neither a value nor a flight"),
        });

        assert_eq!(shared.hit(due), None, "somebody must see that it is due");
        assert!(shared.begins_at(due));
    });
}

// Guards share/slot/control.rs, fn succeed: self.end(flight)?;
#[test]
fn a_flight_that_brought_a_value_is_not_joined_any_more() {
    nothing_is_left_behind_by(
        |shared, flight| assert!(shared.install(&flight, "new", 60).is_some()),
        120,
    );
}

// Guards share/slot/control.rs, fn fail: self.end(flight)?;
#[test]
fn a_flight_that_failed_is_not_joined_any_more() {
    nothing_is_left_behind_by(|shared, flight| shared.fail(&flight, 60), 61);
}

// Guards share/slot.rs, fn fail: self.tell_stripes(&control.quiet());
#[test]
fn readers_learn_that_a_refresh_failed() {
    model(|| {
        let shared = Shared::holding("old");
        let flight = shared.begin(60);
        assert_eq!(shared.hit(61), Some("old"), "while it is under way they need not know");

        beside(&shared, move |shared| shared.fail(&flight, 60), || shared.hit(61));

        assert_eq!(shared.hit(61), None);
        assert!(shared.begins_at(61));
    });
}

// Guards share/slot.rs, fn abandon: self.tell_stripes(&control.quiet());
#[test]
fn readers_learn_that_a_flight_was_abandoned() {
    model(|| {
        let shared = Shared::holding("old");
        let flight = shared.begin(60);

        let abandon = move |shared: Shared| assert!(shared.0.abandon(&flight));
        beside(&shared, abandon, || shared.hit(61));

        assert_eq!(shared.hit(61), None);
        assert!(shared.begins_at(61));
    });
}

// Guards share/slot.rs, fn admit: self.tell_stripes(&control.quiet());
#[test]
fn while_a_refresh_is_under_way_readers_need_not_ask() {
    model(|| {
        let shared = Shared::holding("old");

        beside(&shared, |shared| drop(shared.begin(60)), || shared.hit(61));

        assert_eq!(shared.hit(61), Some("old"));
        assert_eq!(shared.hit(75), None, "in the mandatory window they wait");
    });
}

// Guards share/slot/control.rs, fn end: under_way.is_some_and(|under_way| Arc::ptr_eq(under_way, flight)).then_some(())?;
#[test]
fn a_flight_that_was_given_up_cannot_land_over_its_successor() {
    model(|| {
        let shared = Shared::holding("old");
        let lost = shared.begin(60);
        assert!(shared.0.abandon(&lost));
        let next = shared.begin(60);

        let late = move |shared: Shared| assert_eq!(shared.install(&lost, "late", 60), None);
        beside(&shared, late, || assert!(shared.install(&next, "next", 60).is_some()));

        assert_eq!(shared.hit(61), Some("next"));
    });
}

/// One thread waits, the other lands.
fn whoever_waits_hears_of_the_landing() {
    model(|| {
        let flight = Flight::<Ticket>::new(at(0));
        let landing = {
            let flight = Arc::clone(&flight);
            spawn(move || flight.land(Outcome::Abandoned))
        };

        assert!(matches!(block_on(flight.wait()), Outcome::Abandoned));
        landing.join().unwrap();
    });
}

// Guards share/flight.rs, fn land: wakers.into_iter().for_each(Waker::wake);
#[test]
fn no_wake_up_is_lost_once_a_waiter_has_left_its_waker() {
    whoever_waits_hears_of_the_landing();
}

// Guards share/flight.rs, fn poll: return Poll::Ready(late);
#[test]
fn a_landing_before_a_waiter_leaves_its_waker_is_not_missed() {
    whoever_waits_hears_of_the_landing();
}

// Guards share/flight.rs, fn attend: wakers.into_iter().for_each(Waker::wake);
#[test]
fn a_waiter_learns_that_a_person_is_waited_for() {
    model(|| {
        let flight = Flight::<Ticket>::new(at(0));
        let attending = {
            let flight = Arc::clone(&flight);
            spawn(move || flight.attend(true))
        };

        let scope = InteractiveScope::new();
        let mut wait = pin!(flight.wait());
        block_on(poll_fn(|cx| {
            assert!(scope.enter(|| wait.as_mut().poll(cx)).is_pending());
            if scope.is_open() { Poll::Ready(()) } else { Poll::Pending }
        }));
        attending.join().unwrap();
    });
}

// Guards run/refresh_task.rs, fn drop: self.engine.abandon(&self.flight);
#[test]
fn a_refresh_task_whose_runtime_ends_leaves_nobody_waiting() {
    model(|| {
        let never = async || Err::<Ticket, _>(Error::new(ErrorKind::Bug, "not asked"));
        let clock = Clock::from(ManualClock::at(at(0)));
        let cache = Cache::builder(never).clock(clock).lean().build();
        let engine = cache.engine();
        let Admission::Begin { flight, .. } = engine.admit(Ask::Value, Launch::Possible) else {
            panic!("nothing is under way yet");
        };
        let ending = {
            let task = RefreshTask::new(engine, &flight);
            spawn(move || drop(task))
        };

        assert!(matches!(block_on(flight.wait()), Outcome::Abandoned));
        ending.join().unwrap();
        assert!(matches!(engine.admit(Ask::Value, Launch::Possible), Admission::Begin { .. }));
    });
}
