mod hold;
mod rejection;
mod trial;

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use stscreds_core::{Error, ErrorKind, Timestamp};

pub(crate) use self::hold::Hold;
use self::rejection::Rejection;
use self::trial::Trial;
use crate::decide::consequence::Consequence;
use crate::decide::deadlines::Deadlines;
use crate::decide::phase::Phase;
use crate::decide::policy::{RefreshPolicy, RejectedValue, Withhold};

/// What is known about the cached value apart from the value: all that a decision
/// depends on.
///
/// Pure: no clock, no drawn, no lock. The instants come in, decisions come out.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    policy: Arc<RefreshPolicy>,
    /// `None` while nothing is cached.
    deadlines: Option<Deadlines>,
    hold: Option<Hold>,
    rejection: Option<Rejection>,
    /// Whether the cached value has replaced a rejected one a short time ago.
    trial: Option<Trial>,
    /// Failures since the value expired or was rejected.
    late_failures: u32,
    /// How long the value had to live when it arrived.
    lifetime: Duration,
}

/// What a caller gets.
#[derive(Debug, Clone)]
pub(crate) enum Decision {
    /// The value.
    Serve,
    /// The value, although it has expired.
    ServeStale,
    /// The value, and a refresh should begin unless one is in flight.
    Refresh,
    /// The outcome of the flight, which should begin unless it has.
    Wait,
    /// The cached error.
    Raise(Error),
}

/// What a rejection changed.
#[derive(Debug)]
pub(crate) enum Rejected {
    /// Nothing: this value was rejected before.
    Again,
    /// The value was good until now.
    First,
    /// The value had just replaced a rejected one. That counts as this failure.
    Repeated(Error),
}

impl Entry {
    pub(crate) fn new(policy: Arc<RefreshPolicy>) -> Self {
        Self {
            policy,
            deadlines: None,
            hold: None,
            rejection: None,
            trial: None,
            late_failures: 0,
            lifetime: Duration::ZERO,
        }
    }

    pub(crate) fn policy(&self) -> &RefreshPolicy {
        &self.policy
    }

    /// A refresh begins. What it brings replaces what was rejected earlier.
    pub(crate) fn depart(&mut self) {
        self.rejection = self.rejection.take().map(Rejection::answered);
    }

    /// The refresh brought a value of this id at `now`, or the cached one is kept.
    pub(crate) fn succeed(&mut self, deadlines: Deadlines, id: Option<&str>, now: Timestamp) {
        let rejection = self.rejection.take();
        let trial = match &rejection {
            Some(_) => Some(Trial::begin(self.trial.take(), now)),
            None => self.trial.take().filter(|trial| trial.covers(now)),
        };
        *self = Self { deadlines: Some(deadlines), trial, ..Self::new(Arc::clone(&self.policy)) };
        self.lifetime = deadlines.expires_at.map_or(Duration::MAX, |expiry| expiry.since(now));
        self.rejection = rejection.filter(|rejection| rejection.covers_arrival(id));
    }

    /// The refresh failed at `now`.
    pub(crate) fn fail(&mut self, error: &Error, now: Timestamp, drawn: f64) -> Consequence {
        let pause = self.pause(error, now, drawn);
        let is_late = self.is_unfit(now) && error.is_recoverable();
        self.late_failures = self.late_failures.saturating_add(u32::from(is_late));
        self.hold = Hold::new(error, now, pause);
        self.consequence(error, now)
    }

    /// A service rejected the value at `now`. It is due until a refresh succeeds that begins
    /// after this, or one in flight that brings another id.
    pub(crate) fn reject(&mut self, id: Option<&str>, now: Timestamp, drawn: f64) -> Rejected {
        if self.rejection.is_some() {
            return Rejected::Again;
        }
        self.rejection = Some(Rejection::new(id));
        if self.deadlines.is_none() || self.policy.rejected == RejectedValue::AsValid {
            return Rejected::First;
        }
        if let Some(trial) = self.trial.take_if(|trial| trial.covers(now)) {
            let error = rejected_by_service();
            let pause = self.late_pause(trial.repeats(), drawn);
            self.hold = Hold::new(&error, now, self.cut(pause, now));
            self.trial = Some(trial.repeated());
            return Rejected::Repeated(error);
        }
        self.trial = None;
        if let Some(hold) = self.hold_at(now) {
            let until = now + self.pause(hold.error(), now, drawn);
            self.hold = self.hold.take().map(|hold| hold.until_at_most(until));
        }
        Rejected::First
    }

    /// Forgets a hold that is over. Says whether there was one.
    pub(crate) fn settle(&mut self, now: Timestamp) -> bool {
        let is_over = |hold: &mut Hold| !hold.covers(now);
        self.hold.take_if(is_over).is_some()
    }

    /// A caller finds the hold. The first one gets its end.
    pub(crate) fn meet_hold(&mut self, now: Timestamp) -> Option<Timestamp> {
        let hold = self.hold.as_mut().filter(|hold| hold.covers(now))?;
        hold.meet().then_some(hold.until())
    }

    /// What callers get while this failure is the source's last response.
    pub(crate) fn consequence(&self, error: &Error, now: Timestamp) -> Consequence {
        let may_pass = error.is_recoverable();
        match &self.deadlines {
            None => Consequence::Raised,
            Some(deadlines) if deadlines.is_expired_at(now) => {
                match may_pass && now < self.stale_until(deadlines) {
                    true => Consequence::ServedStale,
                    false => Consequence::Raised,
                }
            }
            Some(_) if self.is_unusable() => match may_pass {
                true => Consequence::ServedRejected,
                false => Consequence::Raised,
            },
            Some(_) if self.withholds(error) => Consequence::Raised,
            Some(_) => Consequence::Served,
        }
    }

    /// Whether the value has less life left than this, and a refresh would bring more.
    ///
    /// What is almost as much as values live for when they arrive is asked for in vain: with
    /// each call, if each call contacted the source.
    pub(crate) fn lacks(&self, least: Duration, now: Timestamp) -> bool {
        let expiry = self.deadlines.and_then(|deadlines| deadlines.expires_at);
        let is_short = expiry.is_some_and(|expiry| expiry.since(now) < least);
        is_short && least <= self.lifetime - self.lifetime / VAIN
    }

    pub(crate) fn decide(&self, now: Timestamp) -> Decision {
        if let Some(hold) = self.hold_at(now) {
            // Whatever the phase, the source is not contacted.
            return match self.consequence(hold.error(), now) {
                Consequence::Served | Consequence::ServedRejected => Decision::Serve,
                Consequence::ServedStale => Decision::ServeStale,
                Consequence::Raised => Decision::Raise(hold.error().clone()),
            };
        }
        match self.phase_at(now) {
            Phase::Fresh => Decision::Serve,
            Phase::Advisory => Decision::Refresh,
            Phase::Missing | Phase::Mandatory | Phase::Expired => Decision::Wait,
        }
    }

    /// The time in which every decision is to serve the value and do nothing else, so
    /// that a reader need not ask for one.
    ///
    /// It has a beginning where a pause makes it last longer: once the clock is set back
    /// to before the failure, the pause is over.
    pub(crate) fn quiet(&self, is_flying: bool) -> Range<Timestamp> {
        let Some(deadlines) = self.deadlines.as_ref().filter(|_| self.rejection.is_none()) else {
            return NEVER;
        };
        let calm = if is_flying { deadlines.mandatory_at } else { deadlines.refresh_at };
        let quiet = match &self.hold {
            Some(hold) if self.withholds(hold.error()) => return NEVER,
            Some(hold) if calm < hold.until() => hold.span(),
            _ => Timestamp::EPOCH..calm,
        };
        quiet.start..quiet.end.min(deadlines.expires_at.unwrap_or(Timestamp::MAX))
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

    /// Why the source is not contacted at `now`, if it is not.
    pub(crate) fn hold_at(&self, now: Timestamp) -> Option<&Hold> {
        self.hold.as_ref().filter(|hold| hold.covers(now))
    }

    pub(crate) fn is_rejected(&self) -> bool {
        self.rejection.is_some()
    }

    /// Whether the value is worth no more than an expired one.
    pub(crate) fn is_unfit(&self, now: Timestamp) -> bool {
        let is_expired = self.deadlines.is_some_and(|deadlines| deadlines.is_expired_at(now));
        is_expired || self.deadlines.is_some() && self.is_unusable()
    }

    pub(crate) fn deadlines(&self) -> Option<&Deadlines> {
        self.deadlines.as_ref()
    }

    /// When the source may be contacted next, unless a caller wants a new value.
    pub(crate) fn next_attempt_at(&self) -> Option<Timestamp> {
        let due = match &self.deadlines {
            None => None,
            Some(_) if self.rejection.is_some() => Some(Timestamp::EPOCH),
            Some(deadlines) => deadlines.expires_at.and(Some(deadlines.refresh_at)),
        };
        due.max(self.hold.as_ref().map(Hold::until))
    }

    fn is_unusable(&self) -> bool {
        self.rejection.is_some() && self.policy.rejected == RejectedValue::AsExpired
    }

    /// How long the source is not contacted after this failure.
    fn pause(&self, error: &Error, now: Timestamp, drawn: f64) -> Duration {
        let consequence = self.consequence(error, now);
        let Some(deadlines) = &self.deadlines else {
            return if error.is_recoverable() {
                Duration::ZERO
            } else {
                self.policy.remember.at(drawn)
            };
        };
        let is_over = self.stale_until(deadlines) <= now;
        if is_over || !error.is_recoverable() && consequence != Consequence::Served {
            return self.policy.remember.at(drawn);
        }
        let pause = match self.is_unfit(now) {
            true => {
                let trial = self.trial.as_ref().filter(|_| self.rejection.is_some());
                self.late_pause(trial.map_or(0, Trial::repeats), drawn)
            }
            false => {
                let expiry = deadlines.expires_at.unwrap_or(Timestamp::MAX);
                self.policy.backoff.while_valid(expiry.since(now), drawn)
            }
        };
        self.cut(pause, now)
    }

    /// Whether a valid value is withheld because of this failure.
    fn withholds(&self, error: &Error) -> bool {
        match self.policy.withhold {
            Withhold::Never => false,
            Withhold::IfUnrecoverable => !error.is_recoverable(),
            Withhold::Always => true,
        }
    }

    /// Until when the value may be served while refreshes fail for a reason that may pass.
    fn stale_until(&self, deadlines: &Deadlines) -> Timestamp {
        deadlines.expires_at.map_or(Timestamp::MAX, |expiry| expiry + self.policy.max_stale)
    }

    fn late_pause(&self, repeats: u32, drawn: f64) -> Duration {
        self.policy.backoff.once_expired(self.late_failures.saturating_add(repeats), drawn)
    }

    /// A pause ends where callers begin to get errors, so that an attempt is made there.
    fn cut(&self, pause: Duration, now: Timestamp) -> Duration {
        match &self.deadlines {
            Some(deadlines) if now < self.stale_until(deadlines) => {
                pause.min(self.stale_until(deadlines).since(now))
            }
            _ => pause,
        }
    }
}

/// Demands for more than all but a sixteenth of a lifetime are in vain, so that a lifetime
/// costs sixteen contacts at most.
const VAIN: u32 = 16;

/// No time at all.
pub(crate) const NEVER: Range<Timestamp> = Timestamp::EPOCH..Timestamp::EPOCH;

fn rejected_by_service() -> Error {
    Error::new(ErrorKind::RejectedByService, "a service rejects one new value after another")
}

#[cfg(test)]
mod tests {
    use stscreds_core::ErrorKind;

    use super::*;
    use crate::decide::deadlines::window;

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
        let mut entry = Entry::new(policy.clone().into());
        entry.succeed(Deadlines::new(policy, EXPIRY, ahead, 0.0), Some("A"), before(3_600));
        entry
    }

    fn told(entry: &Entry, now: Timestamp) -> &'static str {
        match entry.decide(now) {
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
        let consequence = entry.fail(&Error::new(kind, "failed"), failed, 0.5);
        let at_landing = match consequence {
            Consequence::Served => "serve",
            Consequence::ServedStale => "serve stale",
            Consequence::ServedRejected => "serve rejected",
            Consequence::Raised => "raise",
        };
        let soon = failed + Duration::from_secs(2);
        let much_later = failed + Duration::from_secs(601);
        let actual = [at_landing, told(&entry, soon), told(&entry, much_later)];
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
        check(&ours, after(599), DOWN, ["serve stale", "wait", "wait"]);
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
        let mut entry = Entry::new(policy.into());
        let now = before(0);

        entry.fail(&Error::new(DOWN, "failed"), now, 0.5);
        assert_eq!(told(&entry, now), "wait");

        entry.fail(&Error::new(DENIED, "failed"), now, 0.5);
        assert_eq!(told(&entry, now), "raise");
        assert_eq!(told(&entry, after(3)), "wait");
        assert_eq!(told(&entry, before(1)), "raise", "the clock was read before");
        assert_eq!(told(&entry, before(60)), "wait", "the clock was set back");
    }

    #[test]
    fn a_rejection_outlasts_the_flight_that_began_before_it_unless_the_id_differs() {
        let policy = RefreshPolicy::default();
        let deadlines = *hour(&policy).deadlines().unwrap();
        for (arrives, is_rejected) in [(Some("A"), true), (None, true), (Some("B"), false)] {
            let mut entry = hour(&policy);
            entry.depart();
            entry.reject(Some("A"), before(3_600), 0.5);
            assert_eq!(told(&entry, before(3_600)), "wait");

            entry.succeed(deadlines, arrives, before(3_600));

            assert_eq!(entry.is_rejected(), is_rejected, "{arrives:?}");
        }
    }

    #[test]
    fn a_flight_that_begins_after_a_rejection_settles_it() {
        let policy = RefreshPolicy::default();
        let mut entry = hour(&policy);
        let deadlines = *entry.deadlines().unwrap();
        entry.depart();
        entry.reject(Some("A"), before(3_600), 0.5);
        entry.succeed(deadlines, Some("A"), before(3_600));

        entry.depart();
        entry.succeed(deadlines, Some("A"), before(3_600));

        assert!(!entry.is_rejected());
    }

    /// What a reader is promised must be as much as can be: a caller that must ask takes the lock.
    #[test]
    fn a_reader_is_sent_to_ask_only_while_there_is_something_to_tell() {
        let (ours, sdk) = (RefreshPolicy::default(), RefreshPolicy::aws_sdk());
        let mut entry = hour(&ours);
        assert_eq!(entry.quiet(false).end, before(900));
        assert_eq!(entry.quiet(true).end, before(60), "somebody else refreshes");

        entry.fail(&Error::new(DOWN, "failed"), before(3_600), 0.5);
        assert_eq!(entry.quiet(false), Timestamp::EPOCH..before(900), "the pause ends before");

        let mut entry = hour(&sdk);
        entry.fail(&Error::new(DENIED, "failed"), before(3_600), 0.5);
        assert_eq!(entry.quiet(false), NEVER, "each call is denied");
        assert!(entry.settle(before(3_590)));
        assert_eq!(entry.quiet(false).end, before(900));
    }

    /// What a reader is promised must be what it would be told, also once the clock has
    /// been set back to before the failure.
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
                        entry.fail(&Error::new(kind, "failed"), failed, 0.5);
                    }
                    let quiet = entry.quiet(false);
                    for second in 0..4_500 {
                        let now = before(3_600) + Duration::from_secs(second);
                        if quiet.contains(&now) {
                            assert_eq!(told(&entry, now), "serve", "{kind:?} {now}");
                        }
                    }
                }
            }
        }
    }
}
