//! Values that are not credentials.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use stscreds_cache::{Cache, Value};
use stscreds_core::{Error, ErrorKind, Expires, ManualClock, Timestamp};

use crate::log::Log;
use crate::scripted::{START, Scripted, call, seconds, settle};

/// A token and a header that is made from it once.
#[derive(Debug, Clone)]
struct Token {
    expires_at: Timestamp,
    header: Arc<str>,
    made: Arc<AtomicU32>,
}

impl Expires for Token {
    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

impl Value for Token {}

#[tokio::test]
async fn what_is_made_from_a_value_is_made_once_for_each_refresh() {
    let clock = ManualClock::at(START);
    let made = Arc::new(AtomicU32::new(0));
    let (at, counted) = (clock.clone(), Arc::clone(&made));
    let cache = Cache::builder(move || {
        let number = counted.fetch_add(1, Ordering::Relaxed) + 1;
        let token = Token {
            expires_at: at.now() + seconds(600),
            header: format!("Bearer {number}").into(),
            made: Arc::clone(&counted),
        };
        async move { Ok(token) }
    })
    .clock(clock.clone())
    .build();

    for _ in 0..100 {
        assert_eq!(&*cache.get().await.unwrap().header, "Bearer 1");
        assert_eq!(cache.with(|token| Arc::clone(&token.header)).as_deref(), Some("Bearer 1"));
    }
    clock.advance(seconds(590));
    assert_eq!(&*cache.get().await.unwrap().header, "Bearer 2");

    assert_eq!(cache.peek().unwrap().made.load(Ordering::Relaxed), 2);
}

/// What is not cheap to clone, and knows nothing of caches.
struct IdToken {
    text: String,
    expires_at: Timestamp,
}

impl Expires for IdToken {
    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

#[tokio::test]
async fn whatever_expires_can_be_kept_behind_an_arc() {
    let clock = ManualClock::at(START);
    let at = clock.clone();
    let cache = Cache::builder(move || {
        let token = IdToken { text: "eyJ..".to_owned(), expires_at: at.now() + seconds(300) };
        async move { Ok(Arc::new(token)) }
    })
    .clock(clock)
    .build();

    let token = cache.get().await.unwrap();

    assert_eq!(token.text, "eyJ..");
    assert_eq!(cache.with(|kept| Arc::ptr_eq(kept, &token)), Some(true));
    cache.invalidate();
    assert!(!Arc::ptr_eq(&cache.get().await.unwrap(), &token));
}

/// A value whose own code panics.
#[derive(Debug, Clone)]
struct Rotten;

impl Expires for Rotten {
    fn expires_at(&self) -> Option<Timestamp> {
        panic!("rotten")
    }
}

impl Value for Rotten {}

#[tokio::test]
async fn a_value_whose_own_code_panics_is_an_error_and_no_hang() {
    let cache = Cache::new(async || Ok(Rotten));

    for _ in 0..2 {
        assert_eq!(cache.get().await.unwrap_err().kind(), ErrorKind::Bug);
    }
}

#[tokio::test]
async fn hooks_that_panic_are_errors_and_no_hang() {
    let cache = Cache::builder(async || Err::<Token, _>(Error::new(ErrorKind::Other, "down")))
        .handle_failure(|_, _| panic!("handler"))
        .build();

    assert_eq!(cache.get().await.unwrap_err().kind(), ErrorKind::Bug);
}

/// A value that does not let itself be replaced in silence.
#[derive(Clone)]
struct Clinging(Arc<Noisy>);

struct Noisy(bool);

impl Drop for Noisy {
    fn drop(&mut self) {
        assert!(!self.0, "clinging");
    }
}

impl Expires for Clinging {
    fn expires_at(&self) -> Option<Timestamp> {
        None
    }
}

impl Value for Clinging {}

/// The old value is dropped after the waiters have their outcome.
#[tokio::test(start_paused = true)]
async fn a_value_that_panics_when_it_is_replaced_leaves_nobody_waiting() {
    let clings = AtomicBool::new(true);
    let cache = Cache::new(move || {
        let value = Clinging(Arc::new(Noisy(clings.swap(false, Ordering::Relaxed))));
        async { Ok(value) }
    });
    let first = Arc::downgrade(&cache.get().await.unwrap().0);

    cache.invalidate();
    let second = tokio::time::timeout(seconds(60), cache.get()).await;

    assert!(second.expect("a waiter hangs").is_ok());
    assert!(first.upgrade().is_none());
    assert_eq!((cache.stats().refreshes, cache.stats().abandoned), (2, 0));
}

/// Whatever listens to `tracing` runs in the caller's call.
struct Shouting;

impl tracing::Subscriber for Shouting {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.is_span()
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        panic!("shouting")
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, _: &tracing::Event<'_>) {}

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

#[tokio::test(start_paused = true)]
async fn a_log_that_panics_takes_its_own_caller_along_and_no_other() {
    // With a second subscriber, `tracing` asks both, and not the one of whichever test came first.
    let _listening = Log::default().capture();
    let source = Scripted::new();
    let cache = source.cache();
    let unlucky = cache.clone();

    let shouted = tokio::spawn(async move {
        let mut call = pin!(unlucky.credentials());
        let shouting = tracing::Dispatch::new(Shouting);
        std::future::poll_fn(|cx| {
            tracing::dispatcher::with_default(&shouting, || call.as_mut().poll(cx))
        })
        .await
    });
    assert!(shouted.await.unwrap_err().is_panic());

    let began = tokio::time::Instant::now();
    assert_eq!(call(&cache).await, Ok("AKID-1".into()));
    assert!(began.elapsed().is_zero());
}

#[tokio::test]
async fn a_read_may_use_the_cache_it_reads_from() {
    let cache = Cache::new(async || {
        Ok(Token { expires_at: Timestamp::MAX, header: "Bearer".into(), made: Arc::default() })
    });
    cache.get().await.unwrap();

    let nested = cache.with(|outer| {
        cache.invalidate();
        let inner = cache.peek().unwrap();
        Arc::ptr_eq(&outer.header, &inner.header)
    });
    settle().await;

    assert_eq!(nested, Some(true));
}
