//! Real threads, real races, a bounded time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use stscreds_cache::{CredentialsCache, RefreshPolicy};
use stscreds_core::{Credentials, CredentialsProvider, Error, ErrorKind, ManualClock};
use tokio::task::JoinSet;

use crate::scripted::{START, seconds};

/// Yields credentials that live two seconds, all parts of which tell the generation.
struct ShortLived {
    clock: ManualClock,
    calls: Arc<AtomicU64>,
    at_once: AtomicU64,
}

#[async_trait]
impl CredentialsProvider for ShortLived {
    async fn credentials(&self) -> Result<Credentials, Error> {
        assert_eq!(self.at_once.fetch_add(1, Ordering::SeqCst), 0, "two calls at one time");
        let generation = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        tokio::task::yield_now().await;
        let expiry = self.clock.now() + seconds(2);
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        Ok(Credentials::builder(format!("{generation}"), format!("{generation}"))
            .session_token(format!("{generation}"))
            .expires_at(expiry)
            .build())
    }
}

fn generation(credentials: &Credentials) -> u64 {
    let key = credentials.access_key_id();
    assert_eq!(credentials.secret_access_key().expose(), key);
    assert_eq!(credentials.session_token().unwrap().expose(), key);
    key.parse().unwrap()
}

fn short_lived(clock: &ManualClock, policy: RefreshPolicy) -> (CredentialsCache, Arc<AtomicU64>) {
    let calls = Arc::new(AtomicU64::new(0));
    let source =
        ShortLived { clock: clock.clone(), calls: Arc::clone(&calls), at_once: AtomicU64::new(0) };
    let builder = CredentialsCache::builder(source).clock(clock.clone());
    (builder.policy(policy).build(), calls)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn key_secret_and_token_are_always_of_one_generation() {
    for policy in [
        RefreshPolicy::default(),
        RefreshPolicy::aws_sdk(),
        RefreshPolicy::go_classic(Duration::from_millis(100), 0.5),
    ] {
        let clock = ManualClock::at(START);
        let (cache, calls) = short_lived(&clock, policy);
        let mut tasks = JoinSet::new();
        for task in 0..20_u64 {
            let (cache, clock) = (cache.clone(), clock.clone());
            tasks.spawn(async move {
                let mut reader = cache.reader();
                for read in 0..4_000_u64 {
                    let now = match (task + read) % 4 {
                        0 => reader.with(generation),
                        1 => cache.with(generation),
                        2 => cache.peek().as_ref().map(generation),
                        _ => Some(generation(&cache.credentials().await.unwrap())),
                    };
                    assert_ne!(now, Some(0));
                    match read % 400 {
                        0 => drop(clock.advance(Duration::from_millis(40))),
                        200 => cache.invalidate_if(&(read / 400).to_string()),
                        _ if read % 50 == 0 => tokio::task::yield_now().await,
                        _ => {}
                    }
                }
            });
        }

        tasks.join_all().await;

        assert_eq!(cache.stats().refreshes, calls.load(Ordering::SeqCst));
        // The default policy damps what is rejected again so soon.
        let failures = cache.stats().failures;
        assert!(failures.keys().all(|kind| *kind == ErrorKind::RejectedByService), "{failures:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_expiry_makes_one_call_and_wakes_everybody() {
    let clock = ManualClock::at(START);
    let (cache, calls) = short_lived(&clock, RefreshPolicy::default());

    for expiry in 1..=200 {
        let mut callers = JoinSet::new();
        for _ in 0..32 {
            let cache = cache.clone();
            callers.spawn(async move { generation(&cache.credentials().await.unwrap()) });
        }
        let everybody = tokio::time::timeout(seconds(60), callers.join_all()).await;

        let generations = everybody.expect("a wake-up was lost");
        assert!(generations.iter().all(|it| *it == expiry), "{expiry}: {generations:?}");
        assert_eq!(calls.load(Ordering::SeqCst), expiry);
        clock.advance(seconds(2));
    }
}
