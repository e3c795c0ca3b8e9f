use std::time::Duration;

use stscreds_core::{Error, Timestamp};

use crate::deadlines::Deadlines;
use crate::policy::{RefreshPolicy, Withhold};

/// What is known about the cached value apart from the value: all that a decision
/// depends on.
///
/// Pure: no clock, no chance, no lock. The instants come in, decisions come out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    /// `None` while nothing is cached.
    deadlines: Option<Deadlines>,
    hold: Option<Hold>,
    rejection: Option<Rejection>,
    /// Failures since the value expired.
    late_failures: u32,
}

/// The source is left alone for a while, because of this failure.
///
/// It has two ends so that a clock that is set back ends it, rather than makes it
/// last for as long as the clock was wrong.
#[derive(Debug, Clone)]
struct Hold {
    error: Error,
    from: Timestamp,
    until: Timestamp,
    /// Whether somebody was told that a caller met it.
    is_told: bool,
}

/// The value was rejected by whoever it was presented to.
#[derive(Debug, Clone)]
struct Rejection {
    /// The id of the rejected value, if it has one.
    id: Option<Box<str>>,
    /// Whether a flight was under way when it came.
    during_flight: bool,
}

/// Where a cached value is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// There is none yet: callers wait.
    Missing,
    /// Callers get it.
    Fresh,
    /// Callers get it, and the first of them begins a refresh.
    Advisory,
    /// Callers wait for a refresh, and get the value if that fails.
    Mandatory,
    /// Callers wait for a refresh.
    Expired,
}

/// What a caller gets.
#[derive(Debug, Clone)]
pub(crate) enum Decision {
    /// The value.
    Serve,
    /// The value, although it has expired.
    ServeStale,
    /// The value, and a refresh should begin if none is under way.
    Refresh,
    /// The outcome of the flight, which should begin if none is under way.
    Wait,
    /// The failure that is remembered.
    Raise(Error),
}

/// What those who waited for a failed refresh get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Serve,
    ServeStale,
    Raise,
}

impl Entry {
    /// A refresh begins: what stood in its way is over.
    pub(crate) fn depart(&mut self) {
        self.hold = None;
        if let Some(rejection) = &mut self.rejection {
            rejection.during_flight = false;
        }
    }

    /// The refresh brought a value of this id.
    pub(crate) fn succeed(&mut self, deadlines: Deadlines, id: Option<&str>) {
        let kept = self.rejection.take().filter(|rejection| rejection.covers_arrival(id));
        *self = Self { deadlines: Some(deadlines), ..Self::default() };
        self.rejection = kept.map(Rejection::landed);
    }

    /// The refresh failed at `now`.
    pub(crate) fn fail(
        &mut self,
        policy: &RefreshPolicy,
        error: &Error,
        now: Timestamp,
        chance: f64,
    ) -> Verdict {
        let remember = || {
            if error.is_recoverable() { Duration::ZERO } else { policy.remember.at(chance) }
        };
        let (pause, verdict) = match &self.deadlines {
            None => (remember(), Verdict::Raise),
            Some(deadlines) if deadlines.is_expired_at(now) => {
                if error.is_recoverable() {
                    let pause = policy.backoff.once_expired(self.late_failures, chance);
                    self.late_failures = self.late_failures.saturating_add(1);
                    let verdict = match may_be_stale(policy, deadlines, now) {
                        true => Verdict::ServeStale,
                        false => Verdict::Raise,
                    };
                    (pause, verdict)
                } else {
                    (remember(), Verdict::Raise)
                }
            }
            Some(_) if withholds(policy, error) => (remember(), Verdict::Raise),
            Some(deadlines) => {
                let expiry = deadlines.expires_at.unwrap_or(Timestamp::MAX);
                let pause = policy.backoff.while_valid(expiry.since(now), chance);
                (pause, Verdict::Serve)
            }
        };
        self.hold = (!pause.is_zero()).then(|| Hold {
            error: error.clone(),
            from: now,
            until: now + pause,
            is_told: false,
        });
        verdict
    }

    /// The value was rejected; it counts as due until a refresh that begins after
    /// this, or one under way that brings another id.
    pub(crate) fn reject(&mut self, id: Option<&str>, during_flight: bool) {
        self.rejection = Some(Rejection { id: id.map(Box::from), during_flight });
    }

    /// Forgets a hold that is over. Says whether there was one.
    pub(crate) fn settle(&mut self, now: Timestamp) -> bool {
        let over = self.hold.is_some() && !self.is_held_at(now);
        if over {
            self.hold = None;
        }
        over
    }

    /// A caller met the hold: until when it lasts, the first time.
    pub(crate) fn meet_hold(&mut self, now: Timestamp) -> Option<Timestamp> {
        let hold = self.hold.as_mut().filter(|hold| hold.covers(now))?;
        let is_first = !std::mem::replace(&mut hold.is_told, true);
        is_first.then_some(hold.until)
    }

    pub(crate) fn decide(&self, policy: &RefreshPolicy, now: Timestamp) -> Decision {
        let phase = self.phase_at(now);
        let Some(hold) = self.hold.as_ref().filter(|hold| hold.covers(now)) else {
            return match phase {
                Phase::Fresh => Decision::Serve,
                Phase::Advisory => Decision::Refresh,
                Phase::Missing | Phase::Mandatory | Phase::Expired => Decision::Wait,
            };
        };
        // Held: whatever the phase, the source is not contacted.
        let raise = || Decision::Raise(hold.error.clone());
        match (&self.deadlines, phase) {
            (None, _) => raise(),
            (Some(deadlines), Phase::Expired) => {
                if hold.error.is_recoverable() && may_be_stale(policy, deadlines, now) {
                    Decision::ServeStale
                } else {
                    raise()
                }
            }
            (Some(_), _) if withholds(policy, &hold.error) => raise(),
            (Some(_), _) => Decision::Serve,
        }
    }

    /// The instant up to which every decision is to serve the value and do nothing
    /// else, so that a reader need not ask for one.
    pub(crate) fn quiet_until(&self, policy: &RefreshPolicy, is_flying: bool) -> Timestamp {
        let Some(deadlines) = &self.deadlines else {
            return Timestamp::EPOCH;
        };
        if self.rejection.is_some() {
            return Timestamp::EPOCH;
        }
        let calm = match is_flying {
            true => deadlines.mandatory_at,
            false => deadlines.refresh_at,
        };
        let calm = match &self.hold {
            Some(hold) if withholds(policy, &hold.error) => Timestamp::EPOCH,
            Some(hold) => calm.max(hold.until),
            None => calm,
        };
        calm.min(deadlines.expires_at.unwrap_or(Timestamp::MAX))
    }

    pub(crate) fn phase_at(&self, now: Timestamp) -> Phase {
        match &self.deadlines {
            None => Phase::Missing,
            Some(deadlines) if deadlines.is_expired_at(now) => Phase::Expired,
            Some(_) if self.rejection.is_some() => Phase::Mandatory,
            Some(deadlines) if deadlines.expires_at.is_none() => Phase::Fresh,
            Some(deadlines) if deadlines.mandatory_at <= now => Phase::Mandatory,
            Some(deadlines) if deadlines.refresh_at <= now => Phase::Advisory,
            Some(_) => Phase::Fresh,
        }
    }

    pub(crate) fn is_held_at(&self, now: Timestamp) -> bool {
        self.hold.as_ref().is_some_and(|hold| hold.covers(now))
    }

    pub(crate) fn is_rejected(&self) -> bool {
        self.rejection.is_some()
    }

    pub(crate) fn deadlines(&self) -> Option<&Deadlines> {
        self.deadlines.as_ref()
    }

    /// The failure because of which the source is left alone at `now`.
    pub(crate) fn held_error_at(&self, now: Timestamp) -> Option<&Error> {
        let hold = self.hold.as_ref().filter(|hold| hold.covers(now))?;
        Some(&hold.error)
    }

    /// Until when the source is left alone, as of `now`.
    pub(crate) fn held_until_at(&self, now: Timestamp) -> Option<Timestamp> {
        let hold = self.hold.as_ref().filter(|hold| hold.covers(now))?;
        Some(hold.until)
    }

    /// When the source may be contacted next, if nobody asks for it specially.
    pub(crate) fn next_attempt_at(&self) -> Option<Timestamp> {
        let due = match &self.deadlines {
            None => None,
            Some(_) if self.rejection.is_some() => Some(Timestamp::EPOCH),
            Some(deadlines) => deadlines.expires_at.and(Some(deadlines.refresh_at)),
        };
        due.max(self.hold.as_ref().map(|hold| hold.until))
    }
}

impl Hold {
    fn covers(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.until
    }
}

impl Rejection {
    /// The flight that it came during is over; the next one begins after it.
    fn landed(self) -> Self {
        Self { during_flight: false, ..self }
    }

    /// Whether a value that arrives with this id is rejected as well: if the
    /// flight had begun before the rejection and the id is not known to differ.
    fn covers_arrival(&self, id: Option<&str>) -> bool {
        let differs = matches!((&self.id, id), (Some(rejected), Some(id)) if **rejected != *id);
        self.during_flight && !differs
    }
}

fn withholds(policy: &RefreshPolicy, error: &Error) -> bool {
    match policy.withhold {
        Withhold::Never => false,
        Withhold::IfUnrecoverable => !error.is_recoverable(),
        Withhold::Always => true,
    }
}

/// Whether an expired value may still be served at `now`.
fn may_be_stale(policy: &RefreshPolicy, deadlines: &Deadlines, now: Timestamp) -> bool {
    deadlines.expires_at.is_some_and(|expiry| now < expiry + policy.max_stale)
}

#[cfg(test)]
mod tests {
    use stscreds_core::ErrorKind;

    use super::*;
    use crate::deadlines::window;

    const EXPIRY: Timestamp = Timestamp::from_unix_seconds(1_800_003_600);
    const DOWN: ErrorKind = ErrorKind::Throttled;
    const DENIED: ErrorKind = ErrorKind::AccessDenied;

    fn before(seconds: u64) -> Timestamp {
        EXPIRY - Duration::from_secs(seconds)
    }

    fn after(seconds: u64) -> Timestamp {
        EXPIRY + Duration::from_secs(seconds)
    }

    /// An hour-long value, without jitter.
    fn hour(policy: &RefreshPolicy) -> Entry {
        let ahead = window(policy, Duration::from_secs(3_600), 0.0);
        let mut entry = Entry::default();
        entry.succeed(Deadlines::new(policy, EXPIRY, ahead, 0.0), Some("A"));
        entry
    }

    fn told(entry: &Entry, policy: &RefreshPolicy, now: Timestamp) -> &'static str {
        match entry.decide(policy, now) {
            Decision::Serve => "serve",
            Decision::ServeStale => "serve stale",
            Decision::Refresh => "refresh",
            Decision::Wait => "wait",
            Decision::Raise(_) => "raise",
        }
    }

    /// What callers are told at these instants, after a failure of this kind at `failed`.
    #[track_caller]
    fn check(policy: &RefreshPolicy, failed: Timestamp, kind: ErrorKind, expected: [&str; 3]) {
        let mut entry = hour(policy);
        let verdict = entry.fail(policy, &Error::new(kind, "failed"), failed, 0.5);
        let verdict = match verdict {
            Verdict::Serve => "serve",
            Verdict::ServeStale => "serve stale",
            Verdict::Raise => "raise",
        };
        let soon = failed + Duration::from_secs(2);
        let much_later = failed + Duration::from_secs(601);
        let actual = [verdict, told(&entry, policy, soon), told(&entry, policy, much_later)];
        assert_eq!(actual, expected);
    }

    #[test]
    fn the_table_of_failures() {
        let ours = RefreshPolicy::default();
        let sdk = RefreshPolicy::aws_sdk();
        let go = RefreshPolicy::go_classic(Duration::from_secs(300), 0.0);
        // (at the landing, two seconds later, ten minutes later)
        check(&ours, before(900), DOWN, ["serve", "serve", "refresh"]);
        check(&ours, before(900), DENIED, ["serve", "serve", "refresh"]);
        check(&ours, before(30), DOWN, ["serve", "serve", "wait"]);
        check(&ours, after(0), DOWN, ["serve stale", "serve stale", "wait"]);
        check(&ours, after(599), DOWN, ["serve stale", "raise", "wait"]);
        check(&ours, after(600), DOWN, ["raise", "raise", "wait"]);
        check(&ours, after(0), DENIED, ["raise", "raise", "wait"]);

        check(&sdk, before(900), DOWN, ["serve", "serve", "refresh"]);
        check(&sdk, before(900), DENIED, ["raise", "raise", "refresh"]);
        check(&sdk, after(999_999), DOWN, ["serve stale", "serve stale", "wait"]);
        check(&sdk, after(0), DENIED, ["raise", "raise", "wait"]);

        check(&go, before(299), DOWN, ["raise", "wait", "wait"]);
        check(&go, before(299), DENIED, ["raise", "wait", "wait"]);
        check(&go, after(0), DOWN, ["raise", "wait", "wait"]);
    }

    #[test]
    fn with_nothing_cached_only_what_will_not_pass_is_remembered() {
        let policy = RefreshPolicy::default();
        let mut entry = Entry::default();
        let now = before(0);

        entry.fail(&policy, &Error::new(DOWN, "failed"), now, 0.5);
        assert_eq!(told(&entry, &policy, now), "wait");

        entry.fail(&policy, &Error::new(DENIED, "failed"), now, 0.5);
        assert_eq!(told(&entry, &policy, now), "raise");
        assert_eq!(told(&entry, &policy, after(3)), "wait");
        assert_eq!(told(&entry, &policy, before(1)), "wait", "the clock was set back");
    }

    #[test]
    fn a_rejection_outlasts_the_flight_that_began_before_it_unless_the_id_differs() {
        let policy = RefreshPolicy::default();
        let deadlines = *hour(&policy).deadlines().unwrap();
        for (during_flight, arrives, is_rejected) in [
            (true, Some("A"), true),
            (true, None, true),
            (true, Some("B"), false),
            (false, Some("A"), false),
        ] {
            let mut entry = hour(&policy);
            entry.reject(Some("A"), during_flight);
            assert_eq!(told(&entry, &policy, before(3_600)), "wait");

            entry.succeed(deadlines, arrives);

            assert_eq!(entry.is_rejected(), is_rejected, "{during_flight} {arrives:?}");
        }
    }

    #[test]
    fn a_flight_that_begins_after_a_rejection_settles_it() {
        let policy = RefreshPolicy::default();
        let mut entry = hour(&policy);
        let deadlines = *entry.deadlines().unwrap();
        entry.reject(Some("A"), true);
        entry.succeed(deadlines, Some("A"));

        entry.depart();
        entry.succeed(deadlines, Some("A"));

        assert!(!entry.is_rejected());
    }

    /// What a reader is promised must be what it would be told: at every instant before
    /// `quiet_until` the decision is to serve.
    #[test]
    fn a_reader_that_does_not_ask_misses_nothing() {
        for policy in [
            RefreshPolicy::default(),
            RefreshPolicy::aws_sdk(),
            RefreshPolicy::go_classic(Duration::from_secs(300), 0.0),
        ] {
            for kind in [None, Some(DOWN), Some(DENIED)] {
                for failed in (0..4_500).step_by(60) {
                    let mut entry = hour(&policy);
                    let failed = before(3_600) + Duration::from_secs(failed);
                    if let Some(kind) = kind {
                        entry.fail(&policy, &Error::new(kind, "failed"), failed, 0.5);
                    }
                    let quiet_until = entry.quiet_until(&policy, false);
                    for second in 0..4_500 {
                        let now = before(3_600) + Duration::from_secs(second);
                        if now < quiet_until && (kind.is_none() || now >= failed) {
                            assert_eq!(told(&entry, &policy, now), "serve", "{kind:?} {now}");
                        }
                    }
                }
            }
        }
    }
}
