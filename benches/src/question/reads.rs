use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;

use super::spread::Latencies;
use crate::clock;
use crate::contender::{Entry, Instance};
use crate::upstream::{Refused, Upstream};

/// One read of a steady stream of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Read {
    pub(super) came: Instant,
    pub(super) took: Duration,
    pub(super) outcome: Result<(), Refused>,
}

impl Read {
    pub(super) fn is_slow(&self) -> bool {
        self.took > SLOW
    }
}

/// What a reader notices of a refresh.
const SLOW: Duration = Duration::from_millis(5);

/// How reads fared that came while refreshes went on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RefreshAnswer {
    /// All reads.
    pub all: Latencies,
    /// Reads that came while the upstream was busy with a refresh.
    pub during: Latencies,
    /// Reads that took more than 5 ms, per 1,000.
    pub slow_per_1000: f64,
    /// Reads that failed.
    pub failed: usize,
    /// Calls to the upstream, the first fill not counted.
    pub calls: u64,
    /// Lifetimes that went by meanwhile.
    pub lifetimes: f64,
}

/// Reads come at 10,000 a second, whether or not earlier ones are answered, while
/// credentials that live for a second are refreshed by an upstream that takes 50 ms;
/// a cache that refreshes ahead may do so 400 ms before expiry.
///
/// # Errors
///
/// [`Refused`] if the cache could not be filled.
pub fn during_refresh(
    entry: &Entry,
    lasting: Duration,
    runtime: &Runtime,
) -> Result<RefreshAnswer, Refused> {
    let life = Duration::from_secs(1);
    let upstream = Upstream::new(Duration::from_millis(50), life, Duration::from_millis(400));
    watch(entry, &upstream, 10_000, lasting, runtime)
}

/// One refresh of the kind, in a fifth of a second: credentials that live for 200 ms.
///
/// # Errors
///
/// [`Refused`] if the cache could not be filled.
pub fn one_refresh(entry: &Entry, runtime: &Runtime) -> Result<RefreshAnswer, Refused> {
    let life = Duration::from_millis(200);
    let upstream = Upstream::new(Duration::from_millis(50), life, life * 2 / 5);
    watch(entry, &upstream, 10_000, life, runtime)
}

/// The same with credentials that live for 100 ms, an upstream that takes 5, a margin of
/// 40 and 2,000 reads a second: nothing but refreshes.
///
/// # Errors
///
/// [`Refused`] if the cache could not be filled.
pub fn storm(
    entry: &Entry,
    lasting: Duration,
    runtime: &Runtime,
) -> Result<RefreshAnswer, Refused> {
    let life = Duration::from_millis(100);
    let upstream = Upstream::new(Duration::from_millis(5), life, Duration::from_millis(40));
    watch(entry, &upstream, 2_000, lasting, runtime)
}

fn watch(
    entry: &Entry,
    upstream: &Upstream,
    per_second: u32,
    lasting: Duration,
    runtime: &Runtime,
) -> Result<RefreshAnswer, Refused> {
    let cache = filled(entry, upstream, runtime)?;
    let reads = reads(&cache, per_second, lasting, runtime);
    let busy = upstream.busy();
    let came_during = |read: &&Read| busy.iter().any(|(f, t)| *f <= read.came && read.came <= *t);
    let took = |read: &Read| read.took;
    let slow = reads.iter().filter(|read| read.is_slow()).count();
    Ok(RefreshAnswer {
        all: Latencies::of(reads.iter().map(took).collect()),
        during: Latencies::of(reads.iter().filter(came_during).map(took).collect()),
        slow_per_1000: slow as f64 * 1_000.0 / reads.len().max(1) as f64,
        failed: reads.iter().filter(|read| read.outcome.is_err()).count(),
        calls: upstream.calls() - 1,
        lifetimes: lasting.as_secs_f64() / upstream.lifetime().as_secs_f64(),
    })
}

/// A cache that holds its first value.
pub(super) fn filled(
    entry: &Entry,
    upstream: &Upstream,
    runtime: &Runtime,
) -> Result<Arc<dyn Instance>, Refused> {
    let cache = entry.build(upstream.clone());
    runtime.block_on(Arc::clone(&cache).gets(1))?;
    Ok(cache)
}

/// Reads at this pace, each a task of its own, begun by a thread that waits for none of
/// them: a reader who is kept waiting keeps nobody else from coming.
///
/// A read's time begins when its task is handed to the runtime.
pub(super) fn reads(
    cache: &Arc<dyn Instance>,
    per_second: u32,
    lasting: Duration,
    runtime: &Runtime,
) -> Vec<Read> {
    let began = clock::instant();
    let pause = Duration::from_secs(1) / per_second;
    let mut tasks = Vec::new();
    for due in (0..).map(|nth| pause * nth).take_while(|due| *due < lasting) {
        if let Some(early) = due.checked_sub(began.elapsed()) {
            thread::sleep(early);
        }
        let (cache, came) = (Arc::clone(cache), clock::instant());
        tasks.push(runtime.spawn(async move {
            let outcome = cache.gets(1).await;
            Read { came, took: came.elapsed(), outcome }
        }));
    }
    runtime.block_on(async {
        let mut reads = Vec::with_capacity(tasks.len());
        for task in tasks {
            reads.extend(task.await.ok());
        }
        reads
    })
}
