use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::clock;
use crate::contender::{Entry, Instance};
use crate::upstream::{Refused, Upstream};

/// What became of many callers who came at once.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HerdAnswer {
    /// Calls that reached the upstream.
    pub calls: u64,
    /// Callers who got an error.
    pub failed: usize,
    /// Until the last one was answered, in milliseconds.
    pub all_answered_ms: f64,
    /// What the process computed meanwhile, in milliseconds of CPU.
    pub cpu_ms: f64,
}

/// So many tasks find an empty cache before an upstream that answers in 20 ms.
#[must_use]
pub fn herd(entry: &Entry, tasks: usize, runtime: &Runtime) -> HerdAnswer {
    let upstream = Upstream::new(HERD_LATENCY, HOUR, HOUR / 4);
    rush(&entry.build(upstream.clone()), &upstream, tasks, runtime)
}

/// So many tasks find an empty cache before an upstream that fails after 20 ms.
#[must_use]
pub fn failing_source(entry: &Entry, tasks: usize, runtime: &Runtime) -> HerdAnswer {
    let upstream = Upstream::new(HERD_LATENCY, HOUR, HOUR / 4);
    upstream.go_down();
    rush(&entry.build(upstream.clone()), &upstream, tasks, runtime)
}

/// So many tasks get the value so often each, one after the other; one of them
/// invalidates it at each `invalidate_every`th time. The time until all are done.
///
/// The grid of aws-sdk-go-v2's benchmarks of its `CredentialsCache`.
///
/// # Errors
///
/// [`Refused`] if the cache could not be filled.
pub fn load_grid(
    entry: &Entry,
    tasks: usize,
    times: u64,
    invalidate_every: Option<u64>,
    runtime: &Runtime,
) -> Result<Duration, Refused> {
    let cache = entry.build(Upstream::instant());
    runtime.block_on(async {
        Arc::clone(&cache).gets(1).await?;
        let began = clock::instant();
        let mut all = JoinSet::new();
        if let Some(every) = invalidate_every {
            all.spawn(invalidating(Arc::clone(&cache), times, every));
        }
        for _ in usize::from(invalidate_every.is_some())..tasks {
            all.spawn(Arc::clone(&cache).gets(times));
        }
        while let Some(ended) = all.join_next().await {
            ended.map_err(|_| Refused)??;
        }
        Ok(began.elapsed())
    })
}

async fn invalidating(cache: Arc<dyn Instance>, times: u64, every: u64) -> Result<(), Refused> {
    let mut done = 0;
    while done < times {
        cache.invalidate();
        let batch = every.clamp(1, times - done);
        Arc::clone(&cache).gets(batch).await?;
        done += batch;
    }
    Ok(())
}

fn rush(
    cache: &Arc<dyn Instance>,
    upstream: &Upstream,
    tasks: usize,
    runtime: &Runtime,
) -> HerdAnswer {
    runtime.block_on(async {
        let (began, cpu) = (clock::instant(), clock::process_cpu());
        let mut all = JoinSet::new();
        for _ in 0..tasks {
            all.spawn(Arc::clone(cache).gets(1));
        }
        let mut failed = 0;
        while let Some(ended) = all.join_next().await {
            failed += usize::from(!matches!(ended, Ok(Ok(()))));
        }
        HerdAnswer {
            calls: upstream.calls(),
            failed,
            all_answered_ms: began.elapsed().as_secs_f64() * 1e3,
            cpu_ms: (clock::process_cpu() - cpu).as_secs_f64() * 1e3,
        }
    })
}

/// A quick answer of STS.
const HERD_LATENCY: Duration = Duration::from_millis(20);

const HOUR: Duration = Duration::from_secs(3_600);
