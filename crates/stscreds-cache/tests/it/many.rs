//! What caches cost, one and ten thousand.

use std::hint::black_box;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Waker};

use allocation_counter::measure;
use stscreds_cache::{Cache, CredentialsCache, CredentialsCacheBuilder, RefreshPolicy};
use stscreds_core::{
    Clock, Credentials, CredentialsProvider, Error, ErrorKind, ManualClock, TimeSource, Timestamp,
};
use tokio::runtime::{Builder, Handle};

use crate::scripted::{START, Scripted, call, seconds, settle};

/// What one cache takes beyond its value, filled, in bytes.
fn bytes(configure: impl Fn(CredentialsCacheBuilder) -> CredentialsCacheBuilder) -> u64 {
    // Fixed values provide themselves: the provider holds what the cache will.
    let value = Credentials::new("AKIAEXAMPLE", "s");
    // A load timeout may start the thread of alarms, whose memory is freed by that thread and so
    // would count as the cache's, or not, as it happens.
    let mut policy = RefreshPolicy::default();
    policy.load_timeout = None;
    let policy = Arc::new(policy);
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let fill = || {
        let cache =
            configure(CredentialsCache::builder(value.clone()).policy(Arc::clone(&policy))).build();
        runtime.block_on(cache.credentials()).unwrap();
        cache
    };
    drop(fill());
    let mut kept = None;
    let measured = measure(|| kept = Some(fill()));
    drop(kept);
    measured.bytes_current.try_into().unwrap()
}

#[test]
fn a_lean_cache_takes_less_than_a_kibibyte_beyond_its_value() {
    let lean = bytes(CredentialsCacheBuilder::lean);
    println!("lean: {lean} bytes");
    assert!(lean <= 1_024, "{lean}");
}

#[test]
fn a_striped_cache_takes_some_kibibytes() {
    let striped = bytes(|builder| builder);
    println!("striped: {striped} bytes");
    // 7 for 16 stripes, and as much for each further 16.
    let cores = std::thread::available_parallelism().unwrap().get();
    let stripes = u64::try_from(cores.next_power_of_two().clamp(16, 64)).unwrap();
    assert!(striped <= 8 * 1_024 * stripes / 16, "{striped}");
}

#[tokio::test]
async fn ten_thousand_idle_caches_need_no_task_and_no_timer() {
    let source = Scripted::new();
    let caches: Vec<_> = (0..10_000).map(|_| source.builder().lean().build()).collect();
    for cache in &caches {
        call(cache).await.unwrap();
    }
    settle().await;

    assert_eq!(source.calls(), 10_000);
    assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
    assert!(caches.iter().all(|cache| cache.with(|_| ()).is_some()));
    assert_eq!(source.calls(), 10_000);
}

#[tokio::test]
async fn a_refresh_takes_one_task_however_many_wait() {
    let source = Scripted::new();
    source.park();
    let cache = source.cache();
    let mut cx = Context::from_waker(Waker::noop());
    let mut callers: Vec<_> = (0..100).map(|_| Box::pin(cache.credentials())).collect();

    assert!(callers.iter_mut().all(|caller| caller.as_mut().poll(&mut cx).is_pending()));
    settle().await;
    assert_eq!(Handle::current().metrics().num_alive_tasks(), 1);

    source.release();
    settle().await;
    assert!(callers.iter_mut().all(|caller| caller.as_mut().poll(&mut cx).is_ready()));
    assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
}

#[tokio::test]
async fn a_hit_allocates_nothing() {
    let source = Scripted::new();
    let cache = source.cache();
    call(&cache).await.unwrap();
    let mut reader = cache.reader();
    let _first = reader.with(|_| ());
    let mut cx = Context::from_waker(Waker::noop());

    let hits = measure(|| {
        for _ in 0..100 {
            black_box(cache.with(|c| c.access_key_id().len()));
            black_box(cache.peek());
            assert!(pin!(cache.credentials()).poll(&mut cx).is_ready());
            black_box(reader.with(Credentials::clone));
        }
    });
    assert_eq!(hits.count_total, 0);

    // The trait's future is boxed, and that is all.
    let provider: &dyn CredentialsProvider = &cache;
    let hits = measure(|| assert!(pin!(provider.credentials()).poll(&mut cx).is_ready()));
    assert_eq!(hits.count_total, 1);
}

/// Counts how often it is read.
#[derive(Debug, Clone)]
struct CountedClock(ManualClock, Arc<AtomicU32>);

impl TimeSource for CountedClock {
    fn now(&self) -> Timestamp {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.now()
    }
}

#[tokio::test]
async fn a_caller_asks_the_slot_only_if_there_is_something_to_do() {
    let (clock, readings) = (ManualClock::at(START), Arc::new(AtomicU32::new(0)));
    let denied = Arc::new(AtomicBool::new(false));
    let (denies, expiry) = (Arc::clone(&denied), START + seconds(3_600));
    let cache = Cache::builder(move || {
        let denied = denies.load(Ordering::Relaxed);
        let value = Credentials::builder("AKID", "s").expires_at(expiry).build();
        async move {
            // Long enough for somebody to come meanwhile.
            settle().await;
            if denied { Err(Error::new(ErrorKind::AccessDenied, "denied")) } else { Ok(value) }
        }
    })
    .clock(Clock::custom(CountedClock(clock.clone(), Arc::clone(&readings))))
    .policy(RefreshPolicy::aws_sdk())
    .build();
    cache.get().await.unwrap();
    let asks = || {
        let before = readings.load(Ordering::Relaxed);
        assert!(cache.with(|_| ()).is_some());
        // A hit reads the clock once.
        readings.load(Ordering::Relaxed) - before > 1
    };
    assert!(!asks(), "a hit");

    // Once what is remembered is over, somebody sees that, and nobody asks after that.
    denied.store(true, Ordering::Relaxed);
    assert!(cache.refresh().await.is_err());
    assert!(cache.with(|_| ()).is_none());
    clock.advance(seconds(6));
    assert!(asks());
    assert!(!asks());

    // While a refresh is under way there is nothing to begin.
    denied.store(false, Ordering::Relaxed);
    clock.advance(seconds(3_000));
    let refreshing = tokio::spawn({
        let cache = cache.clone();
        async move { cache.get().await.is_ok() }
    });
    tokio::task::yield_now().await;
    assert!(cache.stats().is_refreshing);
    assert!(!asks());
    assert!(refreshing.await.unwrap());
}
