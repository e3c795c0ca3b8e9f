//! A secret exists once, and shows nowhere.

use std::sync::{Arc, Mutex, Weak};

use stscreds_cache::event::Happening;
use stscreds_cache::{Cache, CredentialsCache, Observer, Value};
use stscreds_core::{Credentials, Error, ErrorKind, Expires, Timestamp};

use crate::log::Log;
use crate::scripted::{Scripted, call, seconds, settle};

#[tokio::test]
async fn every_handle_reads_the_one_secret() {
    let source = Scripted::new();
    let cache = source.cache();
    let first = cache.credentials().await.unwrap();

    let on_other_threads: Vec<_> = (0..8)
        .map(|_| {
            let cache = cache.clone();
            std::thread::spawn(move || cache.peek().unwrap()).join().unwrap()
        })
        .collect();

    assert!(on_other_threads.iter().all(|handle| handle.ptr_eq(&first)));
}

#[derive(Debug, Clone)]
struct Watched(Arc<()>);

impl Expires for Watched {
    fn expires_at(&self) -> Option<Timestamp> {
        Some(Timestamp::MAX)
    }
}

impl Value for Watched {}

#[tokio::test]
async fn a_replaced_value_is_dropped_at_once_and_the_last_with_the_cache() {
    let made: Arc<Mutex<Vec<Weak<()>>>> = Arc::default();
    let record = Arc::clone(&made);
    let cache = Cache::new(move || {
        let value = Watched(Arc::default());
        record.lock().unwrap().push(Arc::downgrade(&value.0));
        async move { Ok::<_, Error>(value) }
    });
    let alive = || {
        let made = made.lock().unwrap();
        made.iter().map(|value| value.strong_count() > 0).collect::<Vec<_>>()
    };

    drop(cache.get().await);
    cache.with(|_| ());
    drop(cache.refresh().await);
    settle().await;
    assert_eq!(alive(), [false, true]);

    drop(cache);
    settle().await;
    assert_eq!(alive(), [false, false]);
}

/// Lives through successes, failures, panics and invalidations, and returns all that
/// was logged, told, or shown by `Debug` and `Display`.
async fn everything_shown() -> String {
    let log = Log::default();
    let _capture = log.capture();
    let shown = Arc::new(Mutex::new(String::new()));
    let told = Arc::clone(&shown);
    let observer = Observer::new(move |event| told.lock().unwrap().push_str(&format!("{event:?}")));
    let source = Scripted::new();
    let cache = source.builder().observer(observer).name("deploy").build();
    let mut events = cache.subscribe();

    let credentials = cache.credentials().await.unwrap();
    cache.invalidate();
    call(&cache).await.unwrap();
    source.fails(ErrorKind::AccessDenied);
    let error = cache.refresh().await.unwrap_err();
    let panicking = CredentialsCache::new(async || -> Result<Credentials, Error> {
        panic!("planted-panic-secret")
    });
    let panicked = panicking.credentials().await.unwrap_err();
    source.advance(seconds(7_200));
    let _told = call(&cache).await;
    settle().await;

    let mut text = log.text();
    text += &format!("{cache:?} {credentials:?} {error:?} {error} {panicked:?} {panicked}");
    text += &format!("{:?} {:?} {:?}", cache.stats(), cache.reader(), source.builder());
    while let Ok(Some(event)) = tokio::time::timeout(std::time::Duration::ZERO, events.next()).await
    {
        assert!(!matches!(event.happening, Happening::RefreshAbandoned));
        text += &format!("{event:?}");
    }
    text + &shown.lock().unwrap()
}

#[tokio::test]
async fn no_secret_shows_in_a_log_an_event_an_error_or_a_debug_text() {
    let shown = everything_shown().await;

    assert!(shown.contains("AKID-1"), "the key id is no secret");
    for secret in ["secret-", "token-", "planted"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
}
