//! A task that refreshes without callers.

mod schedule;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use stscreds_cache::{CredentialsCache, CredentialsCacheBuilder, RefreshPolicy, Upkeep};
use stscreds_core::{
    Clock, Credentials, Error, ErrorKind, ManualClock, TimeSource, Timestamp, interactive,
};
use tokio::runtime::{Builder, Handle};
use tokio::time::{Instant, sleep};

use crate::scripted::{START, call, seconds};

/// A wall clock that goes with tokio's paused time, and jumps.
#[derive(Debug, Clone)]
struct Wall {
    began: Instant,
    base: ManualClock,
}

impl Wall {
    fn new() -> Self {
        Self { began: Instant::now(), base: ManualClock::at(START) }
    }
}

impl TimeSource for Wall {
    fn now(&self) -> Timestamp {
        self.base.now() + self.began.elapsed()
    }
}

/// A source of values that live so long, and the number of its calls.
fn living(wall: &Wall, lifetime: Duration) -> (CredentialsCacheBuilder, Arc<AtomicU32>) {
    let (clock, calls) = (Clock::custom(wall.clone()), Arc::new(AtomicU32::new(0)));
    let (counted, at) = (Arc::clone(&calls), clock.clone());
    let builder = CredentialsCache::builder(move || {
        let call = counted.fetch_add(1, Ordering::Relaxed) + 1;
        let expiry = at.now() + lifetime;
        async move {
            Ok::<_, Error>(
                Credentials::builder(format!("AKID-{call}"), "s").expires_at(expiry).build(),
            )
        }
    });
    let builder = builder.clock(clock).chance(|| 0.0).upkeep(Upkeep::InBackground);
    (builder, calls)
}

fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

#[tokio::test(start_paused = true)]
async fn values_are_refreshed_on_time_without_any_caller() {
    let wall = Wall::new();
    let (builder, calls) = living(&wall, seconds(3_600));
    let cache = builder.build();
    call(&cache).await.unwrap();

    sleep(seconds(2_699)).await;
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    sleep(seconds(2)).await;
    assert_eq!(calls.load(Ordering::Relaxed), 2);
    sleep(seconds(24 * 3_600)).await;

    // The first, and one for each 2,700 of the 89,101 seconds.
    assert_eq!(calls.load(Ordering::Relaxed), 1 + 33);
    assert!(cache.peek().unwrap().expires_at().unwrap() > wall.now());
}

#[tokio::test(start_paused = true)]
async fn nothing_runs_before_the_first_call_and_nothing_after_the_last_handle() {
    let wall = Wall::new();
    let (builder, _) = living(&wall, seconds(3_600));
    let cache = builder.build();
    sleep(seconds(60)).await;
    assert_eq!(tasks(), 0);

    call(&cache).await.unwrap();
    sleep(seconds(60)).await;
    assert_eq!(tasks(), 1);

    drop(cache);
    tokio::task::yield_now().await;
    tokio::task::yield_now().await;
    assert_eq!(tasks(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_slept_is_noticed_within_seconds() {
    let wall = Wall::new();
    let (builder, calls) = living(&wall, seconds(3_600));
    let cache = builder.build();
    call(&cache).await.unwrap();
    sleep(seconds(60)).await;

    // Timers stood still for an hour, the wall clock did not.
    wall.base.advance(seconds(3_600));
    sleep(seconds(5)).await;
    tokio::task::yield_now().await;

    assert_eq!(calls.load(Ordering::Relaxed), 2);
    assert_eq!(cache.peek().unwrap().access_key_id(), "AKID-2");
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_jumps_back_delays_the_refresh_and_does_not_hasten_it() {
    let wall = Wall::new();
    let (builder, calls) = living(&wall, seconds(3_600));
    let cache = builder.build();
    call(&cache).await.unwrap();

    wall.base.set(START - seconds(86_400));
    sleep(seconds(3_600)).await;
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    wall.base.set(START);
    sleep(seconds(5)).await;
    tokio::task::yield_now().await;

    assert_eq!(calls.load(Ordering::Relaxed), 2);
    drop(cache);
}

#[tokio::test(start_paused = true)]
async fn values_that_are_due_from_birth_make_no_loop() {
    let wall = Wall::new();
    let (builder, calls) = living(&wall, seconds(60));
    let cache = builder.policy(RefreshPolicy::aws_sdk()).build();
    call(&cache).await.unwrap();

    sleep(seconds(600)).await;

    // Every five seconds.
    assert_eq!(calls.load(Ordering::Relaxed), 600 / 5);
    drop(cache);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_is_down_is_asked_as_often_as_the_backoff_says() {
    let wall = Wall::new();
    let calls = Arc::new(AtomicU32::new(0));
    let (counted, expiry) = (Arc::clone(&calls), START + seconds(3_600));
    let cache = CredentialsCache::builder(move || {
        let call = counted.fetch_add(1, Ordering::Relaxed);
        async move {
            match call {
                0 => Ok(Credentials::builder("AKID-1", "s").expires_at(expiry).build()),
                _ => Err(Error::new(ErrorKind::ConnectionFailed, "down")),
            }
        }
    })
    .clock(Clock::custom(wall.clone()))
    .chance(|| 0.5)
    .upkeep(Upkeep::InBackground)
    .build();
    call(&cache).await.unwrap();

    sleep(seconds(3_600)).await;

    // The first, and as for callers that never stop calling: the pauses halve and halve.
    assert_eq!(calls.load(Ordering::Relaxed), 1 + 12);
    assert_eq!(cache.stats().backed_off, 0, "no call was");
    assert_eq!(call(&cache).await, Ok("AKID-1".into()));
}

#[test]
fn the_task_moves_on_when_its_runtime_ends() {
    let runtime =
        || Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let clock = ManualClock::at(START);
    let at = clock.clone();
    let cache = CredentialsCache::builder(move || {
        let expiry = at.now() + seconds(3_600);
        async move { Ok::<_, Error>(Credentials::builder("AKID", "s").expires_at(expiry).build()) }
    })
    .clock(clock.clone())
    .upkeep(Upkeep::InBackground)
    .build();
    runtime().block_on(async { call(&cache).await.unwrap() });

    clock.advance(seconds(3_599));
    runtime().block_on(async {
        call(&cache).await.unwrap();
        clock.advance(seconds(3_000));
        sleep(seconds(6)).await;
    });

    assert_eq!(cache.stats().refreshes, 3);
}

/// The runtime ended while the value was fresh, and hits know nothing of that.
#[test]
fn a_call_on_another_runtime_begins_the_task_anew_however_fresh_the_value_is() {
    let runtime =
        || Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let clock = ManualClock::at(START);
    let at = clock.clone();
    let cache = CredentialsCache::builder(move || {
        let expiry = at.now() + seconds(3_600);
        async move { Ok::<_, Error>(Credentials::builder("AKID", "s").expires_at(expiry).build()) }
    })
    .clock(clock.clone())
    .upkeep(Upkeep::InBackground)
    .build();
    runtime().block_on(async { call(&cache).await.unwrap() });
    // Served, and nobody here could begin anything.
    assert!(cache.with(|_| ()).is_some());

    runtime().block_on(async {
        assert!(cache.with(|_| ()).is_some());
        assert_eq!(tasks(), 1);
        clock.advance(seconds(3_000));
        sleep(seconds(6)).await;
    });

    assert_eq!(cache.stats().refreshes, 2);
}

#[test]
fn a_background_task_on_a_runtime_that_shuts_down_is_no_deadlock() {
    crate::scripted::in_time(|| {
        let source = crate::scripted::Scripted::new();
        let cache = source.builder().upkeep(Upkeep::InBackground).build();
        let dead = Builder::new_current_thread().build().unwrap().handle().clone();
        let _inside = dead.enter();

        assert_eq!(cache.with(|_| ()), None);
        let _other = cache.with(|_| ());
    });
}

#[tokio::test(start_paused = true)]
async fn what_the_task_failed_to_refresh_is_never_served_expired_as_if_it_were_valid() {
    let wall = Wall::new();
    let (builder, calls) = living(&wall, seconds(3_600));
    let cache = builder.build();
    call(&cache).await.unwrap();
    // The task does not run between here and there: the machine slept past the expiry.
    wall.base.advance(seconds(4_000));

    assert!(cache.peek().is_none());
    assert_eq!(cache.with(|_| ()), None);
    assert_eq!(call(&cache).await, Ok("AKID-2".into()));
    assert_eq!(calls.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn an_invalidated_value_is_replaced_without_any_caller() {
    let wall = Wall::new();
    let (builder, calls) = living(&wall, seconds(3_600));
    let cache = builder.build();
    call(&cache).await.unwrap();

    cache.invalidate();
    sleep(seconds(5)).await;
    tokio::task::yield_now().await;

    assert_eq!(calls.load(Ordering::Relaxed), 2);
    assert_eq!(cache.peek().unwrap().access_key_id(), "AKID-2");
}

/// A wall clock that counts how often it is looked at.
#[derive(Debug, Clone)]
struct Counted(Wall, Arc<AtomicU32>);

impl TimeSource for Counted {
    fn now(&self) -> Timestamp {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.now()
    }
}

/// A person may take an hour to type a code.
#[tokio::test(start_paused = true)]
async fn the_task_sleeps_while_a_refresh_is_under_way() {
    let looks = Arc::new(AtomicU32::new(0));
    let wall = Counted(Wall::new(), Arc::clone(&looks));
    let calls = Arc::new(AtomicU32::new(0));
    let (counted, at) = (Arc::clone(&calls), wall.clone());
    let cache = CredentialsCache::builder(move || {
        let (first, at) = (counted.fetch_add(1, Ordering::Relaxed) == 0, at.clone());
        async move {
            if !first {
                interactive(sleep(seconds(600))).await;
            }
            let expiry = at.now() + seconds(3_600);
            Ok::<_, Error>(Credentials::builder("AKID", "s").expires_at(expiry).build())
        }
    })
    .clock(Clock::custom(wall))
    .chance(|| 0.0)
    .upkeep(Upkeep::InBackground)
    .build();
    call(&cache).await.unwrap();
    sleep(seconds(2_800)).await;
    assert!(cache.stats().is_refreshing);

    let before = looks.load(Ordering::Relaxed);
    sleep(seconds(400)).await;

    // Once in five seconds.
    assert_eq!(looks.load(Ordering::Relaxed) - before, 400 / 5);
    assert_eq!(calls.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn with_nothing_cached_the_task_leaves_the_source_to_callers() {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let cache = CredentialsCache::builder(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        async { Err::<Credentials, _>(Error::new(ErrorKind::ConnectionFailed, "down")) }
    })
    .upkeep(Upkeep::InBackground)
    .build();
    assert!(call(&cache).await.is_err());

    sleep(seconds(600)).await;

    assert_eq!(calls.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn once_expired_what_is_denied_is_left_to_callers() {
    let looks = Arc::new(AtomicU32::new(0));
    let wall = Counted(Wall::new(), Arc::clone(&looks));
    let (is_denied, at) = (Arc::new(AtomicBool::new(false)), wall.clone());
    let (calls, denied) = (Arc::new(AtomicU32::new(0)), Arc::clone(&is_denied));
    let counted = Arc::clone(&calls);
    let cache = CredentialsCache::builder(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        let (denied, expiry) = (denied.load(Ordering::Relaxed), at.now() + seconds(900));
        async move {
            match denied {
                true => Err(Error::new(ErrorKind::AccessDenied, "denied")),
                false => Ok(Credentials::builder("AKID", "s").expires_at(expiry).build()),
            }
        }
    })
    .clock(Clock::custom(wall))
    .chance(|| 0.5)
    .upkeep(Upkeep::InBackground)
    .build();
    call(&cache).await.unwrap();
    is_denied.store(true, Ordering::Relaxed);

    // While the value is valid it is worth asking again.
    sleep(seconds(910)).await;
    assert_eq!(calls.load(Ordering::Relaxed), 11);
    looks.store(0, Ordering::Relaxed);
    sleep(seconds(86_400)).await;
    assert_eq!(calls.load(Ordering::Relaxed), 11);
    assert_eq!(looks.load(Ordering::Relaxed), 86_400 / 5);

    is_denied.store(false, Ordering::Relaxed);
    assert_eq!(call(&cache).await, Ok("AKID".into()));
    sleep(seconds(900)).await;
    assert_eq!(calls.load(Ordering::Relaxed), 13, "and upkeep goes on");
}
