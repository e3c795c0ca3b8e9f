//! Random schedules, watched over.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, prop_oneof, proptest};
use stscreds_cache::policy::Phase;
use stscreds_cache::{CredentialsCache, RefreshPolicy, Upkeep};
use stscreds_core::{Clock, Credentials, Error, ErrorKind};
use tokio::runtime::Builder;
use tokio::time::{Instant, sleep};

use super::{Wall, tasks};
use crate::scripted::{call, seconds, settle};

#[derive(Debug, Clone, Copy)]
enum Op {
    Sleep(u64),
    JumpAhead(u64),
    JumpBack(u64),
    Invalidate,
    /// From now on the source yields what lives this long.
    IsUp(u64),
    IsDown(ErrorKind),
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => prop_oneof![1..30_u64, 1..1_200_u64].prop_map(Op::Sleep),
        1 => prop_oneof![1..60_u64, 1..90_000_u64].prop_map(Op::JumpAhead),
        1 => prop_oneof![1..60_u64, 1..90_000_u64].prop_map(Op::JumpBack),
        1 => Just(Op::Invalidate),
        2 => (400..5_000_u64).prop_map(Op::IsUp),
        1 => prop_oneof![Just(ErrorKind::Throttled), Just(ErrorKind::AccessDenied)]
            .prop_map(Op::IsDown),
    ]
}

/// Plays the schedule and looks after each step: nothing is overdue by more than the five
/// seconds between two looks, unless the source is left alone, and it is never asked more
/// often than once in five seconds.
async fn watch_over(policy: RefreshPolicy, schedule: Vec<Op>) {
    let wall = Wall::new();
    let (clock, calls) = (Clock::custom(wall.clone()), Arc::new(AtomicU32::new(0)));
    let yields = Arc::new(Mutex::new(Ok(900)));
    let (counted, at, answer) = (Arc::clone(&calls), clock.clone(), Arc::clone(&yields));
    let cache = CredentialsCache::builder(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        let answer = *answer.lock().unwrap();
        let expiry = at.now() + seconds(answer.unwrap_or_default());
        async move {
            match answer {
                Ok(_) => Ok(Credentials::builder("AKID", "s").expires_at(expiry).build()),
                Err(kind) => Err(Error::new(kind, "down")),
            }
        }
    });
    let cache = cache.clock(clock.clone()).policy(policy).upkeep(Upkeep::InBackground).build();
    call(&cache).await.unwrap();
    for op in schedule {
        let (before, began) = (calls.load(Ordering::Relaxed), Instant::now());
        match op {
            Op::Sleep(for_seconds) => sleep(seconds(for_seconds)).await,
            Op::JumpAhead(by) => drop(wall.base.advance(seconds(by))),
            Op::JumpBack(by) => wall.base.set(wall.base.now() - seconds(by)),
            Op::Invalidate => cache.invalidate(),
            Op::IsUp(lifetime) => *yields.lock().unwrap() = Ok(lifetime),
            Op::IsDown(kind) => *yields.lock().unwrap() = Err(kind),
        }
        settle().await;
        let asked = u64::from(calls.load(Ordering::Relaxed) - before);
        assert!(asked <= began.elapsed().as_secs() / 5 + 1, "{op:?}: {asked} contacts");
        if matches!(op, Op::Sleep(5..)) {
            let stats = cache.stats();
            let due = stats.deadlines.unwrap().refresh_at;
            let is_overdue = clock.now() > due + seconds(5) || stats.phase == Phase::Mandatory;
            assert!(!is_overdue || stats.last_error.is_some(), "{op:?}: {stats:?}");
        }
    }
    drop(cache);
    settle().await;
    assert_eq!(tasks(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_the_clocks_do_nothing_is_overdue_and_no_source_is_pestered(
        policy in prop_oneof![Just(RefreshPolicy::default()), Just(RefreshPolicy::aws_sdk())],
        schedule in vec(op(), 1..30),
    ) {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(watch_over(policy, schedule));
    }
}
