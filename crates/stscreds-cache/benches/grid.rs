//! The load grid that aws-sdk-go-v2 benchmarks its `CredentialsCache` with: so many tasks
//! at once, and invalidations in between, over a source that takes a millisecond.
//!
//! Also the coldest start there is. Wall time on a runtime with a worker for each core.
//! `cargo bench -p stscreds-cache --bench grid`.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a measuring program reads the clock, tells what it measured, and fails by panicking"
)]

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use stscreds_cache::CredentialsCache;
use stscreds_core::{Clock, Credentials, Error};
use tokio::task::JoinSet;

const CALLS: u64 = 2_000_000;
const TASKS: [u64; 6] = [1, 10, 100, 500, 1_000, 10_000];
const INVALIDATIONS: [u64; 3] = [100, 1_000, 10_000];

/// A cache over a source that takes so long, and the number of its calls.
fn cache(takes: Duration) -> (CredentialsCache, Arc<AtomicU64>) {
    let calls = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&calls);
    let cache = CredentialsCache::new(move || {
        let call = counted.fetch_add(1, Ordering::Relaxed);
        async move {
            tokio::time::sleep(takes).await;
            let expiry = Clock::system().now() + Duration::from_secs(3_600);
            Ok::<_, Error>(
                Credentials::builder(format!("AKID-{call}"), "s").expires_at(expiry).build(),
            )
        }
    });
    (cache, calls)
}

async fn run(
    cache: &CredentialsCache,
    tasks: u64,
    calls: u64,
    invalidate_every: Option<u64>,
) -> Duration {
    let each = calls / tasks;
    let began = Instant::now();
    let mut running = JoinSet::new();
    for _ in 0..tasks {
        let cache = cache.clone();
        running.spawn(async move {
            for call in 1..=each {
                let credentials = black_box(cache.credentials().await.unwrap());
                if invalidate_every.is_some_and(|every| call % every == 0) {
                    cache.invalidate_if(credentials.access_key_id());
                }
            }
        });
    }
    running.join_all().await;
    began.elapsed()
}

#[tokio::main]
async fn main() {
    println!("hits: ns of wall time per call");
    for tasks in TASKS {
        let (cache, calls) = cache(Duration::ZERO);
        cache.credentials().await.unwrap();
        let took = run(&cache, tasks, CALLS, None).await;
        let each = took.as_secs_f64() * 1e9 / CALLS as f64;
        println!("{tasks:>6} tasks: {each:>7.1}   ({} contacts)", calls.load(Ordering::Relaxed));
    }

    println!("each task invalidates after so many calls, the source takes 1 ms");
    for every in INVALIDATIONS {
        for tasks in [1, 10, 100] {
            let (cache, calls) = cache(Duration::from_millis(1));
            cache.credentials().await.unwrap();
            let total = 200_000;
            let took = run(&cache, tasks, total, Some(every)).await;
            let each = took.as_secs_f64() * 1e9 / total as f64;
            let contacts = calls.load(Ordering::Relaxed);
            println!(
                "every {every:>6}, {tasks:>4} tasks: {each:>9.1} ns a call, {contacts} contacts"
            );
        }
    }

    println!("cold start of 10,000 callers, the source takes 20 ms");
    for _ in 0..5 {
        let (cache, calls) = cache(Duration::from_millis(20));
        let took = run(&cache, 10_000, 10_000, None).await;
        println!("{:>6.1} ms, {} contact", took.as_secs_f64() * 1e3, calls.load(Ordering::Relaxed));
    }
}
