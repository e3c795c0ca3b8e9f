//! Code that is not the cache's own and runs inside of it: it may panic, and it may ask the
//! cache.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use stscreds_cache::{Cache, Value};
use stscreds_core::{
    Clock, Credentials, Error, ErrorKind, Expires, ManualClock, TimeSource, Timestamp,
};
use tokio::runtime::Builder;
use tracing::Instrument;

use crate::log::Log;
use crate::scripted::{START, Scripted, call, in_time, seconds};

/// Where a value's code panics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Nowhere,
    Expiry,
    Id,
    Clone,
    Uncontended,
    Validate,
}

#[derive(Debug)]
struct Fragile(At, u32);

impl Fragile {
    fn pass(&self, at: At) {
        assert_ne!(self.0, at, "fragile");
    }
}

impl Clone for Fragile {
    fn clone(&self) -> Self {
        self.pass(At::Clone);
        Self(self.0, self.1)
    }
}

impl Expires for Fragile {
    fn expires_at(&self) -> Option<Timestamp> {
        self.pass(At::Expiry);
        None
    }
}

impl Value for Fragile {
    fn uncontended(&self) -> Self {
        self.pass(At::Uncontended);
        self.clone()
    }

    fn id(&self) -> Option<&str> {
        self.pass(At::Id);
        Some("id")
    }

    fn validate(&self) -> Result<(), Error> {
        self.pass(At::Validate);
        Ok(())
    }
}

/// The first value panics somewhere, the others do not.
fn fragile(at: At) -> Cache<Fragile> {
    let calls = AtomicU32::new(0);
    Cache::new(move || {
        let call = calls.fetch_add(1, Ordering::SeqCst) + 1;
        let at = if call == 1 { at } else { At::Nowhere };
        async move { Ok(Fragile(at, call)) }
    })
}

#[test]
fn a_value_that_panics_while_it_is_prepared_is_an_error_and_the_next_one_is_served() {
    for at in [At::Expiry, At::Id, At::Clone, At::Uncontended, At::Validate] {
        in_time(move || {
            let runtime = Builder::new_current_thread().enable_time().build().unwrap();
            runtime.block_on(async {
                let cache = fragile(at);

                let first = cache.get().await.map(|value| value.1);
                assert_eq!(first.unwrap_err().kind(), ErrorKind::Bug, "{at:?}");

                assert_eq!(cache.with(|_| ()), None);
                assert_eq!(cache.get().await.unwrap().1, 2, "{at:?}");
                assert_eq!(cache.stats().failures[&ErrorKind::Bug], 1);
                assert_eq!(cache.stats().abandoned, 0);
            });
        });
    }
}

/// A value that asks its cache when it is dropped.
#[derive(Clone)]
struct Asking(Arc<Last>);

struct Last(Arc<OnceLock<Cache<Asking>>>);

impl Drop for Last {
    fn drop(&mut self) {
        if let Some(cache) = self.0.get() {
            let _asked = (cache.stats(), cache.peek());
            cache.invalidate_if("another");
        }
    }
}

impl Expires for Asking {
    fn expires_at(&self) -> Option<Timestamp> {
        None
    }
}

impl Value for Asking {}

#[test]
fn a_value_may_ask_the_cache_when_it_is_dropped() {
    in_time(|| {
        let own = Arc::new(OnceLock::new());
        let given = Arc::clone(&own);
        let cache = Cache::new(move || {
            let value = Asking(Arc::new(Last(Arc::clone(&given))));
            async { Ok(value) }
        });
        let cache = own.get_or_init(|| cache);
        let runtime = Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let first = cache.get().await.unwrap();
            assert!(first.0.0.get().is_some());
            drop(first);

            for _ in 0..3 {
                drop(cache.refresh().await.unwrap());
            }
        });
        assert_eq!(cache.stats().refreshes, 4);
    });
}

#[tokio::test]
async fn a_source_of_chance_that_panics_is_an_error_and_no_hang() {
    let source = Scripted::new();
    let cache = source.builder().chance(|| panic!("no luck")).build();

    // A value is not installed without chance, as its refresh is spread by it.
    assert_eq!(call(&cache).await, Err(ErrorKind::Bug));
    source.fails(ErrorKind::Throttled);
    assert_eq!(call(&cache).await, Err(ErrorKind::Throttled), "the source's own error");
    assert_eq!(cache.stats().abandoned, 0);
}

/// A clock that breaks.
#[derive(Debug, Clone)]
struct Broken(ManualClock, Arc<AtomicBool>);

impl TimeSource for Broken {
    fn now(&self) -> Timestamp {
        assert!(!self.1.load(Ordering::SeqCst), "the clock is broken");
        self.0.now()
    }
}

/// The task panics as it lands, and again as it reports that it did: two panics at once would
/// end the process.
#[tokio::test]
async fn a_clock_that_panics_all_the_time_ends_its_callers_and_not_the_process() {
    let is_broken = Arc::new(AtomicBool::new(false));
    let breaks = Arc::clone(&is_broken);
    let cache = Cache::builder(move || {
        breaks.store(true, Ordering::SeqCst);
        async { Ok(Credentials::new("AKID", "s")) }
    });
    let cache = cache.clock(Clock::custom(Broken(ManualClock::at(START), Arc::clone(&is_broken))));
    let cache = cache.build();

    for _ in 0..3 {
        let caller = tokio::spawn({
            let cache = cache.clone();
            async move { cache.get().await.map(|_| ()) }
        });
        let ended = tokio::time::timeout(seconds(60), caller).await.expect("a caller hangs");
        assert!(ended.unwrap_err().is_panic());
        is_broken.store(false, Ordering::SeqCst);
    }
    assert_eq!(cache.stats().abandoned, 3);
}

/// A request that was served at once must not show a trace as long as the refresh.
#[tokio::test]
async fn a_refresh_is_no_part_of_the_trace_of_the_call_that_begins_it() {
    let log = Log::default();
    let _capture = log.capture();
    let source = Scripted::new();
    let cache = source.builder().name("deploy").build();

    call(&cache).instrument(tracing::info_span!("request")).await.unwrap();

    let text = log.text();
    assert!(text.contains(" refresh{cache=\"deploy\"}: "), "{text}");
    assert!(!text.contains("request"), "{text}");
}
