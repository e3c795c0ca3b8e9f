//! Random schedules against a naive model, which knows the rules as sentences and
//! nothing of the machine.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, prop_oneof, proptest};
use stscreds_cache::{CredentialsCache, RefreshPolicy};
use stscreds_core::ErrorKind;
use tokio::runtime::Builder;

use crate::scripted::{Answer, Scripted, seconds, settle, told};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Preset {
    Ours,
    Sdk,
    /// With a window of five minutes and no jitter.
    Go,
}

/// What the source would do if it were asked.
#[derive(Debug, Clone, Copy)]
enum Would {
    Yield(u64),
    Fail,
    Deny,
    YieldExpired,
}

#[derive(Debug, Clone, Copy)]
enum Op {
    Advance(u64),
    Call(Would),
    Refresh(Would),
    /// A call whose future is dropped after its first poll.
    Cancel(Would),
    /// A call during whose contact the value is invalidated.
    CallAndReject(Would),
    Invalidate,
    InvalidateCached,
    InvalidateOther,
    Peek,
}

/// Chance is pinned here throughout.
const CHANCE: f64 = 0.5;

/// The model: a record of what happened, in seconds, and rules as they are told.
#[derive(Debug)]
struct Naive {
    preset: Preset,
    now: u64,
    calls: u32,
    value: Option<Held>,
    pause: Option<Pause>,
    late_failures: u32,
}

#[derive(Debug, Clone, Copy)]
struct Held {
    number: u32,
    installed: u64,
    expiry: u64,
    is_rejected: bool,
}

#[derive(Debug, Clone, Copy)]
struct Pause {
    until_ms: u64,
    kind: ErrorKind,
}

const DOWN: ErrorKind = ErrorKind::ServiceUnavailable;
const DENIED: ErrorKind = ErrorKind::AccessDenied;
const STALE: ErrorKind = ErrorKind::ExpiredOnArrival;

type Told = Result<String, ErrorKind>;

impl Naive {
    fn new(preset: Preset) -> Self {
        Self { preset, now: 0, calls: 0, value: None, pause: None, late_failures: 0 }
    }

    fn key(&self) -> Option<String> {
        self.value.map(|held| format!("AKID-{}", held.number))
    }

    fn is_valid(&self) -> bool {
        self.value.is_some_and(|held| self.now < held.expiry)
    }

    /// Milliseconds before expiry: (refresh begins, callers wait).
    fn windows_ms(&self, held: Held) -> (u64, u64) {
        let lifetime = (held.expiry - held.installed) * 1_000;
        let table = match held.expiry - held.installed {
            ..=1_200 => 300_000,
            1_201..5_400 => 900_000,
            _ => 3_600_000,
        };
        match self.preset {
            Preset::Go => (300_000, 300_000),
            Preset::Sdk => (table, 60_000),
            Preset::Ours => {
                let window = table.min(lifetime / 2);
                // Half of a quarter earlier.
                (window + window / 8, (window / 2).min(60_000))
            }
        }
    }

    /// Whether a refresh is due, and whether the caller waits for it.
    fn due(&self) -> (bool, bool) {
        let Some(held) = self.value else { return (true, true) };
        if !self.is_valid() || held.is_rejected {
            return (true, true);
        }
        let (refresh, wait) = self.windows_ms(held);
        let remaining = (held.expiry - self.now) * 1_000;
        let waits = remaining <= wait;
        let starts = remaining <= refresh;
        (starts, waits || (starts && self.preset == Preset::Sdk))
    }

    fn paused(&self) -> Option<ErrorKind> {
        let pause = self.pause?;
        (self.now * 1_000 < pause.until_ms).then_some(pause.kind)
    }

    /// What a caller gets if the last word of the source was this failure.
    fn after_failure(&self, kind: ErrorKind) -> Told {
        let recoverable = kind != DENIED;
        let served = match (self.value, self.preset) {
            (None, _) | (_, Preset::Go) => false,
            (Some(_), Preset::Ours) if self.is_valid() => true,
            (Some(_), Preset::Sdk) => recoverable,
            (Some(held), Preset::Ours) => recoverable && self.now < held.expiry + 600,
        };
        if served { Ok(self.key().unwrap()) } else { Err(kind) }
    }

    fn contact(&mut self, would: Would, rejected_meanwhile: bool) -> Result<(), ErrorKind> {
        self.calls += 1;
        let arrives = match would {
            Would::Yield(lifetime) => Ok(lifetime),
            Would::YieldExpired if self.preset == Preset::Go => Ok(0),
            Would::YieldExpired => Err(STALE),
            Would::Fail => Err(DOWN),
            Would::Deny => Err(DENIED),
        };
        match arrives {
            Ok(lifetime) => {
                self.value = Some(Held {
                    number: self.calls,
                    installed: self.now,
                    expiry: self.now + lifetime,
                    // Another key than the rejected one, if there was one to reject.
                    is_rejected: rejected_meanwhile && self.value.is_none(),
                });
                self.pause = None;
                self.late_failures = 0;
                Ok(())
            }
            Err(kind) => {
                if rejected_meanwhile {
                    self.reject();
                }
                self.pause = self
                    .pause_ms(kind)
                    .map(|pause| Pause { until_ms: self.now * 1_000 + pause, kind });
                Err(kind)
            }
        }
    }

    fn pause_ms(&mut self, kind: ErrorKind) -> Option<u64> {
        if self.preset == Preset::Go {
            return None;
        }
        let (denied, valid) = (kind == DENIED, self.is_valid());
        match self.value {
            None if !denied => None,
            None => Some(3_000),
            Some(_) if denied && (!valid || self.preset == Preset::Sdk) => Some(3_000),
            Some(_) if self.preset == Preset::Sdk => Some(450_000),
            // Halfway between a quarter and a half.
            Some(held) if valid => Some(((held.expiry - self.now) * 375).clamp(5_000, 600_000)),
            Some(_) => {
                self.late_failures += 1;
                Some((5_000 << (self.late_failures - 1).min(20)).min(450_000))
            }
        }
    }

    fn reject(&mut self) {
        if let Some(held) = &mut self.value {
            held.is_rejected = true;
        }
    }

    fn call(&mut self, would: Would, rejected_meanwhile: bool) -> Told {
        if let Some(kind) = self.paused() {
            let (due, _) = self.due();
            return match due || kind == DENIED {
                true => self.after_failure(kind),
                false => Ok(self.key().unwrap()),
            };
        }
        let (due, waits) = self.due();
        let before = self.key();
        if !due {
            return Ok(before.unwrap());
        }
        let outcome = self.contact(would, rejected_meanwhile);
        if !waits {
            return Ok(before.unwrap());
        }
        match outcome {
            Err(kind) => self.after_failure(kind),
            // A value that was rejected on its way is asked for once more.
            Ok(()) if self.value.unwrap().is_rejected => match self.contact(would, false) {
                Ok(()) => Ok(self.key().unwrap()),
                Err(kind) => self.after_failure(kind),
            },
            Ok(()) => Ok(self.key().unwrap()),
        }
    }

    fn refresh(&mut self, would: Would) -> Told {
        match self.paused() {
            Some(kind) => Err(kind),
            None => self.contact(would, false).map(|()| self.key().unwrap()),
        }
    }
}

/// The real thing beside the model.
struct Pair {
    naive: Naive,
    source: Scripted,
    cache: CredentialsCache,
}

impl Pair {
    fn new(preset: Preset) -> Self {
        let policy = match preset {
            Preset::Ours => RefreshPolicy::default(),
            Preset::Sdk => RefreshPolicy::aws_sdk(),
            Preset::Go => RefreshPolicy::go_classic(seconds(300), 0.0),
        };
        let source = Scripted::new();
        let cache = source.builder().policy(policy).chance(|| CHANCE).build();
        Self { naive: Naive::new(preset), source, cache }
    }

    fn would(&self, would: Would) {
        self.source.answers([match would {
            Would::Yield(lifetime) => Answer::LivesFor(seconds(lifetime)),
            Would::Fail => Answer::Fails(DOWN),
            Would::Deny => Answer::Fails(DENIED),
            Would::YieldExpired => Answer::LivesFor(Duration::ZERO),
        }]);
    }

    async fn take(&mut self, op: Op) {
        match op {
            Op::Advance(by) => {
                self.source.advance(seconds(by));
                self.naive.now += by;
            }
            Op::Call(would) => {
                self.would(would);
                let got = told(self.cache.credentials().await);
                assert_eq!(got, self.naive.call(would, false), "{op:?}");
            }
            Op::Refresh(would) => {
                self.would(would);
                let got = told(self.cache.refresh().await);
                assert_eq!(got, self.naive.refresh(would), "{op:?}");
            }
            Op::Cancel(would) => {
                self.would(would);
                let dropped = tokio::time::timeout(Duration::ZERO, self.cache.credentials());
                let _dropped = dropped.await;
                settle().await;
                // The flight goes on; only the second one of a rejected value would not begin.
                let _told = self.naive.call(would, false);
            }
            Op::CallAndReject(would) => self.call_and_reject(would).await,
            Op::Invalidate => {
                self.cache.invalidate();
                self.naive.reject();
            }
            Op::InvalidateCached => {
                if let Some(key) = self.naive.key() {
                    self.cache.invalidate_if(&key);
                    self.naive.reject();
                }
            }
            Op::InvalidateOther => self.cache.invalidate_if("AKID-0"),
            Op::Peek => {
                let peeked = self.cache.peek().map(|value| value.access_key_id().to_owned());
                let expected = self.naive.key().filter(|_| self.naive.is_valid());
                assert_eq!(peeked, expected);
            }
        }
        settle().await;
        assert_eq!(self.source.calls(), self.naive.calls, "{op:?} {:?}", self.naive);
        assert!(self.source.most_at_once() <= 1);
    }

    async fn call_and_reject(&mut self, would: Would) {
        self.would(would);
        self.source.park();
        let cache = self.cache.clone();
        let calling = tokio::spawn(async move { told(cache.credentials().await) });
        settle().await;
        let is_contacting = self.source.calls() > self.naive.calls;
        self.cache.invalidate();
        self.source.release();
        let got = calling.await.unwrap();
        settle().await;
        let expected = self.naive.call(would, is_contacting);
        if !is_contacting {
            self.naive.reject();
        }
        assert_eq!(got, expected, "{would:?} {:?}", self.naive);
    }
}

fn would() -> impl Strategy<Value = Would> {
    prop_oneof![
        4 => prop_oneof![Just(900_u64), Just(3_600), Just(43_200), 2..4_000_u64].prop_map(Would::Yield),
        3 => Just(Would::Fail),
        2 => Just(Would::Deny),
        1 => Just(Would::YieldExpired),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => prop_oneof![1..10_u64, 1..700_u64, 1..4_000_u64].prop_map(Op::Advance),
        8 => would().prop_map(Op::Call),
        1 => would().prop_map(Op::Refresh),
        2 => would().prop_map(Op::Cancel),
        2 => would().prop_map(Op::CallAndReject),
        1 => Just(Op::Invalidate),
        1 => Just(Op::InvalidateCached),
        1 => Just(Op::InvalidateOther),
        1 => Just(Op::Peek),
    ]
}

proptest! {
    #[test]
    fn any_schedule_goes_as_the_rules_say(
        preset in prop_oneof![Just(Preset::Ours), Just(Preset::Sdk), Just(Preset::Go)],
        schedule in vec(op(), 1..40),
    ) {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let mut pair = Pair::new(preset);
            for op in schedule {
                pair.take(op).await;
            }
        });
    }
}
