//! Rejections beside every other change, and the two instants that readers compare.

use std::sync::Arc;

use loom::model;
use loom::thread::spawn;

use super::{Shared, Ticket, at, beside};
use crate::share::flight::{Flight, Outcome};
use crate::share::slot::Installed;

/// One thread rejects what is cached, another one does this with the flight. Afterwards the
/// value is rejected for readers of each stripe.
fn a_rejection_stands_beside(act: fn(&Shared, Arc<Flight<Ticket>>)) {
    model(move || {
        let shared = Shared::holding("old");
        let flight = shared.begin(60);

        beside(&shared, move |shared| act(&shared, flight), || assert!(shared.reject("old")));

        assert_eq!(shared.hits(10), [None, None]);
        assert!(shared.begins_at(61));
    });
}

// Guards share/slot.rs, fn fail: self.tell_stripes(&control.quiet()); ==> let quiet = control.quiet(); drop(control); self.tell_stripes(&quiet);
#[test]
fn a_rejection_beside_a_failure_is_not_overwritten() {
    a_rejection_stands_beside(|shared, flight| shared.fail(&flight, 60));
}

// Guards share/slot.rs, fn abandon: self.tell_stripes(&control.quiet()); ==> let quiet = control.quiet(); drop(control); self.tell_stripes(&quiet);
#[test]
fn a_rejection_beside_an_abandonment_is_not_overwritten() {
    a_rejection_stands_beside(|shared, flight| {
        assert!(shared.0.abandon(&flight));
        flight.land(Outcome::Abandoned);
    });
}

// Guards share/slot.rs, fn admit: self.tell_stripes(&control.quiet()); ==> let quiet = control.quiet(); drop(control); self.tell_stripes(&quiet);
#[test]
fn a_rejection_beside_a_beginning_is_not_overwritten() {
    model(|| {
        let shared = Shared::holding("old");

        beside(&shared, |shared| drop(shared.begin(60)), || assert!(shared.reject("old")));

        assert_eq!(shared.hits(10), [None, None]);
    });
}

// Guards share/slot.rs, fn reject: self.tell_stripes(&control.quiet()); ==> let quiet = control.quiet(); drop(control); self.tell_stripes(&quiet);
#[test]
fn a_rejection_of_another_value_takes_nothing_from_the_new_one() {
    model(|| {
        let shared = Shared::holding("old");
        let flight = shared.begin(60);

        let install = move |shared: Shared| assert!(shared.install(&flight, "new", 60).is_some());
        beside(&shared, install, || shared.reject("old"));

        assert_eq!(shared.hits(61), [Some("new"), Some("new")]);
    });
}

// Guards share/slot/control.rs, fn refresh: if self.flight.is_some() || launch == Launch::Impossible || self.is_blocked() { ==> if launch == Launch::Impossible || self.is_blocked() {
#[test]
fn of_two_callers_that_find_a_value_due_one_begins_a_flight() {
    model(|| {
        let shared = Shared::holding("old");
        let (sender, receiver) = std::sync::mpsc::channel();

        let other = move |shared: Shared| sender.send(shared.begins_at(60)).unwrap();
        let here = beside(&shared, other, || shared.begins_at(60));

        assert!(here ^ receiver.recv().unwrap(), "one begins it and the other is served");
        assert_eq!(shared.hits(61), [Some("old"), Some("old")]);
    });
}

/// One thread moves the quiet time of a value, another reads it.
fn ends_and_beginnings_belong_together() {
    model(|| {
        let installed = Arc::new(Installed::new("value", None));
        installed.keep_quiet(&(at(0)..at(10)));
        let moving = {
            let installed = Arc::clone(&installed);
            spawn(move || installed.keep_quiet(&(at(20)..at(30))))
        };

        // The new end with the old beginning would let this instant in.
        assert!(installed.quiet_at(at(15)).is_none());
        moving.join().unwrap();
        assert!(installed.quiet_at(at(25)).is_some());
    });
}

// Guards share/slot/stripe.rs, fn keep_quiet: self.quiet_until.store(time.end.unix_nanos(), Ordering::Release); ==> self.quiet_until.store(time.end.unix_nanos(), Ordering::Relaxed);
// Guards share/slot/stripe.rs, fn quiet_at: let until = self.quiet_until.load(Ordering::Acquire); ==> let until = self.quiet_until.load(Ordering::Relaxed);
// Guards share/slot/stripe.rs, fn keep_quiet: self.quiet_from.store(time.start.unix_nanos(), Ordering::Release); ==> self.quiet_until.store(time.end.unix_nanos(), Ordering::Release); self.quiet_from.store(time.start.unix_nanos(), Ordering::Release);
#[test]
fn a_reader_that_sees_a_new_end_sees_the_beginning_that_belongs_to_it() {
    ends_and_beginnings_belong_together();
}

// Guards share/slot/stripe.rs, fn keep_quiet: self.quiet_from.store(time.start.unix_nanos(), Ordering::Release);
#[test]
fn a_quiet_time_has_a_beginning() {
    ends_and_beginnings_belong_together();
}
