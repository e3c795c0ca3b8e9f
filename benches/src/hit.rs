mod floor;

use std::fmt;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

pub use self::floor::{READER, floor, readers};
use crate::clock;
use crate::contender::{Entry, Level};
use crate::contenders;
use crate::pinning::pin_to;
use crate::upstream::{Refused, Upstream};

/// One way to hit one filled cache, repeated by a thread as often as it is told.
pub struct Hit {
    /// The contender's name.
    pub name: &'static str,
    /// What the contender holds.
    pub holds: &'static str,
    /// Among which others it is to be read.
    pub level: Level,
    /// What the caller gets.
    pub form: Form,
    run: Box<dyn Fn(u64) + Send + Sync>,
}

/// What a hit yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Form {
    /// A reading in place.
    Borrowed,
    /// A value to keep.
    Owned,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Borrowed => "borrowed",
            Self::Owned => "owned",
        })
    }
}

impl Hit {
    pub(crate) fn new(
        (name, holds): (&'static str, &'static str),
        level: Level,
        form: Form,
        run: impl Fn(u64) + Send + Sync + 'static,
    ) -> Self {
        Self { name, holds, level, form, run: Box::new(run) }
    }

    /// Hits on this thread, so often.
    pub fn run(&self, times: u64) {
        (self.run)(times);
    }

    /// Hits from `threads` threads at once, so often each, and says what it cost.
    ///
    /// The threads are pinned to the cores in turn and begin together. They are within
    /// `runtime`, which some caches need even for a hit.
    #[must_use]
    pub fn sample(&self, threads: usize, times: u64, runtime: &Handle) -> Sample {
        let start = Barrier::new(threads + 1);
        thread::scope(|scope| {
            let workers: Vec<_> = (0..threads)
                .map(|seat| {
                    let start = &start;
                    scope.spawn(move || {
                        let _runtime = runtime.enter();
                        pin_to(seat);
                        self.run(times / 100 + 1);
                        start.wait();
                        let (began, cpu) = (clock::instant(), clock::thread_cpu());
                        self.run(times);
                        (clock::thread_cpu() - cpu, began, clock::instant())
                    })
                })
                .collect();
            start.wait();
            let ended: Vec<_> = workers.into_iter().filter_map(|it| it.join().ok()).collect();
            Sample::of(&ended, times)
        })
    }

    /// How often to hit so that one thread of so many is busy for about this long.
    #[must_use]
    pub fn times_for(&self, window: Duration, threads: usize, runtime: &Handle) -> u64 {
        let mut times = 64;
        loop {
            let cpu = self.sample(threads, times, runtime).cpu_ns * times as f64;
            let wanted = window.as_nanos() as f64;
            if cpu > wanted / 20.0 || times > MOST {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "between 1 and a few billions"
                )]
                return (times as f64 * (wanted / cpu.max(1.0)).min(100.0)).max(1.0) as u64;
            }
            times *= 8;
        }
    }
}

impl fmt::Debug for Hit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.form)
    }
}

/// Beyond this nothing that does any work is unmeasurably short.
const MOST: u64 = 1 << 31;

/// The hits of a contender in each form it has, on a cache that was filled.
///
/// # Errors
///
/// [`Refused`] if it could not be filled.
pub async fn hits(entry: &Entry, upstream: Upstream) -> Result<Vec<Hit>, Refused> {
    let cache = entry.build(upstream);
    Arc::clone(&cache).gets(1).await?;
    let names = (entry.name, entry.holds);
    let mut hits = Vec::new();
    if cache.borrow_here(1) == 1 {
        let cache = Arc::clone(&cache);
        hits.push(Hit::new(names, entry.level, Form::Borrowed, move |times| {
            cache.borrow_here(times);
        }));
    }
    hits.push(Hit::new(names, entry.level, Form::Owned, move |times| {
        // Filled for half a day: it cannot fail.
        let _hit = cache.get_here(times);
    }));
    Ok(hits)
}

/// Every hit there is: the floor's, our reader's, the contenders', on filled caches.
///
/// # Errors
///
/// [`Refused`] if one could not be filled.
pub async fn all_hits(upstream: &Upstream) -> Result<Vec<Hit>, Refused> {
    let mut all = floor();
    all.extend(readers(upstream.clone()).await?);
    for entry in contenders::all() {
        all.extend(hits(&entry, upstream.clone()).await?);
    }
    Ok(all)
}

/// What some threads' hits cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sample {
    /// CPU nanoseconds per hit, mean over the threads.
    pub cpu_ns: f64,
    /// The same of the cheapest thread.
    pub cheapest_ns: f64,
    /// The same of the dearest thread.
    pub dearest_ns: f64,
    /// Hits per second of all threads together.
    pub per_second: f64,
    /// How many threads ran at once on average: a window in which they did not shows no
    /// contention.
    pub parallel: f64,
}

impl Sample {
    fn of(ended: &[(Duration, std::time::Instant, std::time::Instant)], times: u64) -> Self {
        let cpu = |one: &(Duration, _, _)| one.0.as_nanos() as f64 / times as f64;
        let first = ended.iter().map(|one| one.1).min();
        let last = ended.iter().map(|one| one.2).max();
        let wall = first.zip(last).map_or(0.0, |(first, last)| (last - first).as_secs_f64());
        let total: f64 = ended.iter().map(|one| one.0.as_secs_f64()).sum();
        Self {
            cpu_ns: ended.iter().map(cpu).sum::<f64>() / ended.len() as f64,
            cheapest_ns: ended.iter().map(cpu).fold(f64::INFINITY, f64::min),
            dearest_ns: ended.iter().map(cpu).fold(0.0, f64::max),
            per_second: ended.len() as f64 * times as f64 / wall,
            parallel: total / wall,
        }
    }
}
