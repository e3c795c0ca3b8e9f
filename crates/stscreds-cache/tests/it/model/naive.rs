//! The rules as they are told, one sentence each, and a record of what happened.
//!
//! Knows nothing of the machine: no phase, hold or entry, and numbers of its own. Times are
//! nanoseconds from the start.

use std::collections::BTreeMap;

use stscreds_cache::policy::Phase;
use stscreds_core::ErrorKind;

use super::numbers::may_pass;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Preset {
    Ours,
    Sdk,
    /// With a window of five minutes, of which up to half is jitter.
    Go,
}

/// What stays as it is through one schedule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting {
    pub(super) preset: Preset,
    /// What is drawn by way of chance, in quarters.
    pub(super) quarters: i64,
    /// What becomes of a failure before anybody hears of it.
    pub(super) handler: Option<Handler>,
    /// How long after its arrival a value is due, in place of what the window says.
    pub(super) adjusted: Option<i64>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Handler {
    Yields(i64),
    Fails(ErrorKind),
}

/// How a contact with the source ends.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    /// With this key, which lives this long.
    Yields(String, i64),
    Forever(String),
    Fails(ErrorKind),
    Panics,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Asks {
    ForAValue,
    ForANewOne,
    /// For a new one, also during a pause.
    Insistently,
}

pub(super) type Told = Result<String, ErrorKind>;

/// A caller's number, and what it is told.
pub(super) type Answered = (usize, Told);

#[derive(Debug, Clone)]
pub(super) struct Naive {
    setting: Setting,
    pub(super) now: i64,
    pub(super) contacts: u32,
    value: Option<Held>,
    rejected: Option<Rejected>,
    pause: Option<Pause>,
    /// Those who wait for the contact that is under way, if one is.
    waiting: Option<Vec<Waiter>>,
    late_failures: u32,
    /// When the cached value replaced a rejected one, and how many in a row were rejected.
    replaced: Option<(i64, u32)>,
    pub(super) refreshes: u64,
    pub(super) failures: BTreeMap<ErrorKind, u64>,
    pub(super) invalidations: u64,
    pub(super) stale: u64,
    pub(super) backed_off: u64,
}

#[derive(Debug, Clone)]
struct Held {
    key: String,
    /// `i64::MAX` is never.
    expiry: i64,
    refresh: i64,
    wait: i64,
}

#[derive(Debug, Clone)]
struct Rejected {
    key: Option<String>,
    /// The contact that was under way when it came.
    during: Option<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Pause {
    from: i64,
    until: i64,
    kind: ErrorKind,
}

/// What a caller finds when it looks.
enum Find {
    Told(Told),
    /// The value, which is due.
    Due(String),
    Nothing,
}

#[derive(Debug, Clone, Copy)]
struct Waiter {
    caller: usize,
    asks: Asks,
    had_a_rejected_one: bool,
}

pub(super) const SECOND: i64 = 1_000_000_000;

impl Naive {
    pub(super) fn new(setting: Setting) -> Self {
        Self {
            setting,
            now: 0,
            contacts: 0,
            value: None,
            rejected: None,
            pause: None,
            waiting: None,
            late_failures: 0,
            replaced: None,
            refreshes: 0,
            failures: BTreeMap::new(),
            invalidations: 0,
            stale: 0,
            backed_off: 0,
        }
    }

    pub(super) fn key(&self) -> Option<String> {
        self.value.as_ref().map(|held| held.key.clone())
    }

    pub(super) fn is_contacting(&self) -> bool {
        self.waiting.is_some()
    }

    pub(super) fn peek(&self) -> Option<String> {
        self.key().filter(|_| self.is_valid())
    }

    /// The instants ahead at which something changes by itself.
    pub(super) fn turns(&self) -> Vec<i64> {
        let of_value = self.value.iter().flat_map(|held| {
            let stale = held.expiry.saturating_add(600 * SECOND);
            [held.refresh, held.wait, held.expiry, stale]
        });
        let of_pause = self.pause.iter().map(|pause| pause.until);
        let ahead = |turn: &i64| *turn > self.now && *turn < i64::MAX;
        of_value.chain(of_pause).filter(ahead).collect()
    }

    /// A caller comes, and gets something at once or waits.
    pub(super) fn ask(&mut self, caller: usize, asks: Asks) -> Option<Told> {
        self.ask_as(Waiter { caller, asks, had_a_rejected_one: false })
    }

    /// A caller comes who will not wait.
    pub(super) fn ask_at_once(&mut self) -> Option<String> {
        match self.find(Asks::ForAValue) {
            Find::Told(Ok(key)) => Some(key),
            Find::Told(Err(_)) => {
                // Whoever will not wait asks again, and counts then.
                self.backed_off -= 1;
                None
            }
            Find::Due(key) if self.setting.preset == Preset::Ours => {
                self.contact();
                Some(key)
            }
            Find::Due(_) | Find::Nothing => None,
        }
    }

    pub(super) fn leave(&mut self, caller: usize) {
        if let Some(waiting) = &mut self.waiting {
            waiting.retain(|waiter| waiter.caller != caller);
        }
    }

    /// The value is declared unusable: any, or the one of this key.
    ///
    /// "The same value rejected a thousand times is one event, one log line and one count."
    pub(super) fn reject(&mut self, only: Option<&str>) {
        let key = self.key();
        let is_meant = only.is_none() || only == key.as_deref();
        if !is_meant || self.rejected.is_some() || key.is_none() && !self.is_contacting() {
            return;
        }
        let during = self.is_contacting().then_some(self.contacts);
        let is_cached = key.is_some();
        self.rejected = Some(Rejected { key, during });
        self.invalidations += 1;
        if self.setting.preset == Preset::Ours && is_cached {
            self.pause_of_rejected();
        }
    }

    /// "If the replacement of a rejected value is itself rejected within 60 s of arriving,
    /// that counts as a failure with the same doubling pause." Else: "a rejection that arrives
    /// during a longer pause shortens it to at most that."
    fn pause_of_rejected(&mut self) {
        let trial = self.replaced.take();
        if let Some((at, repeats)) = trial.filter(|(at, _)| self.is_since(*at, 60)) {
            let kind = ErrorKind::RejectedByService;
            *self.failures.entry(kind).or_default() += 1;
            let pause = self.setting.pause_past(self.late_failures + repeats);
            let until = self.now + self.until_errors(pause);
            self.pause = Some(Pause { from: self.now, until, kind });
            self.replaced = Some((at, repeats + 1));
        } else if let Some(kind) = self.paused() {
            let failures = self.late_failures;
            let least = self.now + self.pause_after(kind).unwrap();
            self.late_failures = failures;
            let pause = self.pause.as_mut().unwrap();
            pause.until = pause.until.min(least);
        }
    }

    /// Whether it is at most so many seconds later; a little earlier is a late reading.
    fn is_since(&self, at: i64, seconds: i64) -> bool {
        at - 5 * SECOND <= self.now && self.now < at + seconds * SECOND
    }

    /// The contact that is under way ends, and all who wait are told, or ask again.
    pub(super) fn land(&mut self, answer: Answer) -> Vec<Answered> {
        let answer = match (answer, self.setting.preset) {
            // Nobody limits how long Go's provider takes.
            (Answer::Never, Preset::Go) => return Vec::new(),
            (Answer::Never, _) => Answer::Fails(ErrorKind::TimedOut),
            (Answer::Panics, _) => Answer::Fails(ErrorKind::Bug),
            (answer, _) => answer,
        };
        let answer = match (answer, self.setting.handler) {
            (Answer::Fails(_), Some(Handler::Yields(lifetime))) => {
                Answer::Yields("HANDLER".to_owned(), lifetime)
            }
            (Answer::Fails(_), Some(Handler::Fails(kind))) => Answer::Fails(kind),
            (answer, _) => answer,
        };
        let waiting = self.waiting.take().unwrap();
        match answer {
            Answer::Yields(_, ..=0) if self.setting.preset != Preset::Go => {
                self.fail(ErrorKind::ExpiredOnArrival, &waiting)
            }
            Answer::Yields(key, lifetime) => {
                let (refresh, wait) = self.setting.windows(lifetime.max(0) * SECOND);
                let expiry = self.now + lifetime * SECOND;
                let held = Held { key, expiry, refresh: expiry - refresh, wait: expiry - wait };
                self.arrive(held, waiting)
            }
            Answer::Forever(key) => {
                let never = i64::MAX;
                let held = Held { key, expiry: never, refresh: never, wait: never };
                self.arrive(held, waiting)
            }
            Answer::Fails(kind) => self.fail(kind, &waiting),
            Answer::Panics | Answer::Never => unreachable!("both are failures by now"),
        }
    }

    /// "A refresh that was under way when the rejection came may bring the very value that
    /// was rejected. It is installed, and still counts as rejected unless its key differs;
    /// whoever waited then waits for one more."
    fn arrive(&mut self, held: Held, waiting: Vec<Waiter>) -> Vec<Answered> {
        let held = self.longer_lived(held);
        let (this, was_rejected) = (Some(self.contacts), self.rejected.is_some());
        self.rejected = self.rejected.take().filter(|rejected| {
            let differs = rejected.key.as_ref().is_some_and(|key| *key != held.key);
            rejected.during == this && !differs
        });
        self.replaced = match was_rejected {
            true => Some((self.now, self.replaced.map_or(0, |(_, repeats)| repeats))),
            false => self.replaced.filter(|(at, _)| self.is_since(*at, 60)),
        };
        let key = held.key.clone();
        self.value = Some(held);
        self.pause = None;
        self.late_failures = 0;
        self.refreshes += 1;
        let mut answered = Vec::new();
        for waiter in waiting {
            let told = match self.rejected.is_some() && !waiter.had_a_rejected_one {
                true => self.ask_as(Waiter { had_a_rejected_one: true, ..waiter }),
                false => Some(Ok(key.clone())),
            };
            answered.extend(told.map(|told| (waiter.caller, told)));
        }
        answered
    }

    /// "A refresh that brings less life than the cached value has left keeps the
    /// longer-lived value, unless that one is rejected." Its windows begin anew.
    fn longer_lived(&self, new: Held) -> Held {
        match &self.value {
            Some(held)
                if self.setting.preset == Preset::Ours
                    && self.rejected.is_none()
                    && held.expiry > new.expiry =>
            {
                match held.expiry {
                    i64::MAX => held.clone(),
                    expiry => {
                        let (refresh, wait) = self.setting.windows(expiry - self.now);
                        let (refresh, wait) = (expiry - refresh, expiry - wait);
                        Held { key: held.key.clone(), expiry, refresh, wait }
                    }
                }
            }
            _ => new,
        }
    }

    fn fail(&mut self, kind: ErrorKind, waiting: &[Waiter]) -> Vec<Answered> {
        *self.failures.entry(kind).or_default() += 1;
        self.pause = self.pause_after(kind).map(|pause| Pause {
            from: self.now,
            until: self.now + pause,
            kind,
        });
        let tell = |waiter: &Waiter| match waiter.asks {
            Asks::ForANewOne | Asks::Insistently => (waiter.caller, Err(kind)),
            Asks::ForAValue => (waiter.caller, self.after_failure(kind)),
        };
        waiting.iter().map(tell).collect()
    }

    fn ask_as(&mut self, waiter: Waiter) -> Option<Told> {
        match self.find(waiter.asks) {
            Find::Told(told) => return Some(told),
            Find::Due(key) if self.setting.preset == Preset::Ours => {
                self.contact();
                return Some(Ok(key));
            }
            Find::Due(_) | Find::Nothing => self.contact().push(waiter),
        }
        None
    }

    fn find(&mut self, asks: Asks) -> Find {
        if asks == Asks::ForAValue && self.is_undisturbed() {
            return Find::Told(Ok(self.key().unwrap()));
        }
        if asks == Asks::Insistently {
            if self.paused().is_none() {
                self.pause = None;
            }
            return Find::Nothing;
        }
        let paused = self.paused();
        if paused.is_none() {
            // A pause that is found to be over is over, also if the clock is set back into it.
            self.pause = None;
        }
        self.backed_off += u64::from(paused.is_some());
        match (asks, paused) {
            (Asks::ForANewOne, Some(kind)) => return Find::Told(Err(kind)),
            (Asks::ForANewOne, None) => return Find::Nothing,
            (Asks::ForAValue, Some(kind)) => return Find::Told(self.after_failure(kind)),
            (Asks::ForAValue, None) | (Asks::Insistently, _) => {}
        }
        match (self.phase(), self.key()) {
            (Phase::Fresh, Some(key)) => Find::Told(Ok(key)),
            (Phase::Advisory, Some(key)) if self.is_contacting() => Find::Told(Ok(key)),
            (Phase::Advisory, Some(key)) => Find::Due(key),
            _ => Find::Nothing,
        }
    }

    /// Those who wait for the contact, which begins if none is under way.
    fn contact(&mut self) -> &mut Vec<Waiter> {
        if self.waiting.is_none() {
            self.contacts += 1;
        }
        self.waiting.get_or_insert_default()
    }

    pub(super) fn phase(&self) -> Phase {
        match &self.value {
            None => Phase::Missing,
            Some(_) if !self.is_valid() => Phase::Expired,
            Some(_) if self.rejected.is_some() => Phase::Mandatory,
            Some(held) if self.now >= held.wait => Phase::Mandatory,
            Some(held) if self.now >= held.refresh => Phase::Advisory,
            Some(_) => Phase::Fresh,
        }
    }

    fn is_valid(&self) -> bool {
        self.value.as_ref().is_some_and(|held| self.now < held.expiry || held.expiry == i64::MAX)
    }

    /// Whether the value is served and nothing else is looked at: it is fresh, or there was
    /// a failure that is not told and whose pause lasts.
    fn is_undisturbed(&self) -> bool {
        let Some(held) = &self.value else { return false };
        let is_quiet = match self.pause {
            Some(pause) if self.setting.raises(pause.kind) => false,
            Some(pause) if held.refresh < pause.until => self.paused().is_some(),
            _ => self.now < held.refresh,
        };
        self.is_valid() && self.rejected.is_none() && is_quiet
    }

    /// A clock that is set back ends a pause, but for a few seconds, which may be no more
    /// than a reading that came late.
    fn paused(&self) -> Option<ErrorKind> {
        let pause = self.pause?;
        let lasts = pause.from - 5 * SECOND <= self.now && self.now < pause.until;
        lasts.then_some(pause.kind)
    }

    /// What a caller gets if this failure is the last word of the source.
    fn after_failure(&mut self, kind: ErrorKind) -> Told {
        let Some(held) = &self.value else { return Err(kind) };
        let serves = match (self.is_valid(), self.setting.preset) {
            (true, Preset::Ours) if self.rejected.is_some() => may_pass(kind),
            (true, _) => !self.setting.raises(kind),
            (false, Preset::Ours) => may_pass(kind) && self.now < held.expiry + 600 * SECOND,
            (false, Preset::Sdk) => may_pass(kind),
            (false, Preset::Go) => false,
        };
        if !serves {
            return Err(kind);
        }
        let key = held.key.clone();
        self.stale += u64::from(!self.is_valid());
        Ok(key)
    }

    /// How long the source is not contacted.
    fn pause_after(&mut self, kind: ErrorKind) -> Option<i64> {
        let setting = self.setting;
        let expiry = match (setting.preset, &self.value) {
            (Preset::Go, _) => return None,
            (_, None) => return (!may_pass(kind)).then_some(setting.remembers()),
            (_, Some(held)) => held.expiry,
        };
        let is_rejected = self.rejected.is_some() && setting.preset == Preset::Ours;
        Some(match (self.is_valid() && !is_rejected, may_pass(kind), setting.preset) {
            (true, _, Preset::Ours) => {
                self.until_errors(setting.pause_before(expiry.saturating_sub(self.now)))
            }
            (_, false, _) => setting.remembers(),
            // "Past `max_stale` the pause is that of a cached error."
            (_, true, Preset::Ours) if self.now >= expiry.saturating_add(600 * SECOND) => {
                setting.remembers()
            }
            (_, true, Preset::Ours) => {
                let repeats = self.replaced.filter(|_| is_rejected).map_or(0, |it| it.1);
                self.late_failures += 1;
                self.until_errors(setting.pause_past(self.late_failures - 1 + repeats))
            }
            (_, true, _) => setting.long_pause(),
        })
    }

    /// "A pause is cut so that an attempt is made at expiry + `max_stale`."
    fn until_errors(&self, pause: i64) -> i64 {
        let errors =
            self.value.as_ref().map_or(i64::MAX, |it| it.expiry.saturating_add(600 * SECOND));
        if self.now < errors { pause.min(errors.saturating_sub(self.now)) } else { pause }
    }
}
