//! Random schedules against a naive model, which knows the rules as sentences and
//! nothing of the machine.

mod asked;
mod naive;
mod numbers;
mod schedule;

use std::collections::BTreeMap;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use proptest::option;
use proptest::prelude::{Just, prop_oneof, proptest};
use stscreds_cache::{CredentialsCache, Reader};
use stscreds_core::{Credentials, ManualClock};
use tokio::runtime::Builder;
use tokio::task::JoinHandle;

use self::asked::{Asked, cache};
use self::naive::{Answer, Answered, Asks, Naive, Setting, Told};
use self::schedule::{Lands, Op, schedule, setting};
use crate::scripted::{START, seconds, told};

/// The real thing beside the model.
struct Pair {
    naive: Naive,
    /// Whether time is the server's, which the local clock does not change.
    knows_the_server: bool,
    clock: ManualClock,
    source: Asked,
    cache: CredentialsCache,
    reader: Reader<Credentials>,
    waiting: BTreeMap<usize, JoinHandle<Told>>,
    callers: usize,
}

impl Pair {
    fn new(setting: Setting, ahead: Option<i64>) -> Self {
        let (clock, source) = (ManualClock::at(START), Asked::default());
        let cache = cache(setting, ahead, &clock, source.clone());
        Self {
            naive: Naive::new(setting),
            knows_the_server: ahead.is_some(),
            clock,
            source,
            reader: cache.reader(),
            cache,
            waiting: BTreeMap::new(),
            callers: 0,
        }
    }

    async fn take(&mut self, op: Op) {
        let answered = match op {
            Op::Advance(by) => {
                self.clock.advance(seconds(by));
                self.naive.now += i64::try_from(by).unwrap() * 1_000_000_000;
                Vec::new()
            }
            Op::AdvanceTo(which, seconds_later) => {
                let turns = self.naive.turns();
                let turn = turns.get(which % turns.len().max(1)).copied().unwrap_or_default();
                let later = (turn - self.naive.now) / 1_000_000_000 + seconds_later;
                let later = u64::try_from(later).unwrap_or_default();
                self.clock.advance(seconds(later));
                self.naive.now += i64::try_from(later).unwrap() * 1_000_000_000;
                Vec::new()
            }
            Op::SetBack(by) => {
                self.clock.set(self.clock.now() - seconds(by));
                if !self.knows_the_server {
                    self.naive.now -= i64::try_from(by).unwrap() * 1_000_000_000;
                }
                Vec::new()
            }
            Op::Call(number) => (0..number)
                .filter_map(|nth| {
                    self.call(if nth % 3 == 2 { Asks::ForANewOne } else { Asks::ForAValue })
                })
                .collect(),
            Op::Refresh => self.call(Asks::ForANewOne).into_iter().collect(),
            Op::RefreshNow => self.call(Asks::Insistently).into_iter().collect(),
            Op::Glance => self.glance(),
            Op::Leave(which) => self.leave(which),
            Op::With => {
                let read = self.cache.with(|value| value.access_key_id().to_owned());
                assert_eq!(read, self.naive.ask_at_once());
                Vec::new()
            }
            Op::Read => {
                let read = self.reader.with(|value| value.access_key_id().to_owned());
                assert_eq!(read, self.naive.ask_at_once());
                Vec::new()
            }
            Op::Peek => {
                let peeked = self.cache.peek().map(|value| value.access_key_id().to_owned());
                assert_eq!(peeked, self.naive.peek());
                Vec::new()
            }
            Op::Land(lands) => self.land(lands).await,
            Op::Invalidate => {
                self.cache.invalidate();
                self.naive.reject(None);
                Vec::new()
            }
            Op::InvalidateCached => {
                let key = self.naive.key().unwrap_or_default();
                self.cache.invalidate_if(&key);
                self.naive.reject(Some(&key));
                Vec::new()
            }
            Op::InvalidateOther => {
                self.cache.invalidate_if("ANOTHER");
                self.naive.reject(Some("ANOTHER"));
                Vec::new()
            }
        };
        settle().await;
        for (caller, expected) in answered {
            let call = self.waiting.remove(&caller).unwrap();
            assert!(call.is_finished(), "caller {caller} waits on for {expected:?}");
            assert_eq!(call.await.unwrap(), expected, "caller {caller}");
        }
        let early = self.waiting.iter().find(|(_, call)| call.is_finished());
        assert!(early.is_none(), "{early:?} should wait");
        self.compare();
    }

    fn call(&mut self, asks: Asks) -> Option<Answered> {
        let caller = self.callers;
        self.callers += 1;
        let cache = self.cache.clone();
        let call = tokio::spawn(async move {
            told(match asks {
                Asks::ForAValue => cache.credentials().await,
                Asks::ForANewOne => cache.refresh().await,
                Asks::Insistently => cache.refresh_now().await,
            })
        });
        self.waiting.insert(caller, call);
        self.naive.ask(caller, asks).map(|told| (caller, told))
    }

    fn glance(&mut self) -> Vec<Answered> {
        let mut cx = Context::from_waker(Waker::noop());
        let polled = pin!(self.cache.credentials()).poll(&mut cx);
        let expected = self.naive.ask(usize::MAX, Asks::ForAValue);
        match polled {
            Poll::Ready(value) => assert_eq!(Some(told(value)), expected),
            Poll::Pending => assert_eq!(None, expected),
        }
        self.naive.leave(usize::MAX);
        Vec::new()
    }

    fn leave(&mut self, which: usize) -> Vec<Answered> {
        let caller = self.waiting.keys().nth(which % self.waiting.len().max(1)).copied();
        if let Some(caller) = caller {
            self.waiting.remove(&caller).unwrap().abort();
            self.naive.leave(caller);
        }
        Vec::new()
    }

    async fn land(&mut self, lands: Lands) -> Vec<Answered> {
        if !self.naive.is_contacting() {
            return Vec::new();
        }
        let new = format!("AKID-{}", self.naive.contacts);
        let answer = match lands {
            Lands::New(lifetime) => Answer::Yields(new, i64::try_from(lifetime).unwrap()),
            Lands::Same(lifetime) => {
                Answer::Yields(self.naive.key().unwrap_or(new), i64::try_from(lifetime).unwrap())
            }
            Lands::Forever => Answer::Forever(new),
            Lands::Expired(ago) => Answer::Yields(new, -i64::try_from(ago).unwrap()),
            Lands::Fails(kind) => Answer::Fails(kind),
            Lands::Panics => Answer::Panics,
            Lands::Never => Answer::Never,
        };
        match &answer {
            // Longer than the load timeout, of those that have one.
            Answer::Never => tokio::time::sleep(seconds(31)).await,
            answer => self.source.land(answer.clone()),
        }
        self.naive.land(answer)
    }

    fn compare(&self) {
        let (naive, stats) = (&self.naive, self.cache.stats());
        assert_eq!(self.source.begun(), naive.contacts, "contacts");
        assert_eq!(stats.is_refreshing, naive.is_contacting());
        assert_eq!(stats.phase, naive.phase());
        assert_eq!(stats.refreshes, naive.refreshes);
        assert_eq!(stats.failures, naive.failures);
        assert_eq!(stats.invalidations, naive.invalidations);
        assert_eq!(stats.stale_served, naive.stale);
        assert_eq!(stats.backed_off, naive.backed_off);
        assert_eq!(stats.abandoned, 0);
    }
}

/// Lets tasks that are ready run until none is.
async fn settle() {
    for _ in 0..48 {
        tokio::task::yield_now().await;
    }
}

proptest! {
    #[test]
    fn any_schedule_goes_as_the_rules_say(
        setting in setting(),
        ahead in option::of(prop_oneof![Just(0_i64), 5..7_200_i64, -7_200..-5_i64]),
        schedule in schedule(),
    ) {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let mut pair = Pair::new(setting, ahead);
            for op in schedule {
                pair.take(op).await;
            }
        });
    }
}
