//! What a hit costs, as a ratio to a bare `ArcSwap::load` in the same run.
//!
//! Thread CPU time per operation, so that a descheduled thread does not count; every
//! round visits every contender, ratios are taken within a round, and the median of
//! the rounds is told, with the number of windows it is taken of. With several threads a
//! window counts only if they ran in parallel, so a busy machine yields fewer.
//! `cargo bench -p stscreds-cache --bench hit [rounds]`.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measuring program reads the clock, tells what it measured, and fails by panicking"
)]

use std::hint::black_box;
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use rustix::time::{ClockId, clock_gettime};
use stscreds_cache::{ClockSkew, CredentialsCache, CredentialsCacheBuilder};
use stscreds_core::{Clock, Credentials};

const OPERATIONS: u64 = 400_000;
const THREADS: [usize; 3] = [1, 2, 8];

fn credentials() -> Credentials {
    Credentials::builder("ASIAEXAMPLEEXAMPLE00", "s".repeat(40))
        .session_token("t".repeat(1_000))
        .expires_at(Clock::system().now() + Duration::from_secs(12 * 3_600))
        .build()
}

struct Contender {
    name: &'static str,
    run: Box<dyn Fn(u64) + Send + Sync>,
}

fn contender(name: &'static str, run: impl Fn(u64) + Send + Sync + 'static) -> Contender {
    let run = Box::new(run);
    Contender { name, run }
}

fn contenders(runtime: &tokio::runtime::Runtime) -> Vec<Contender> {
    let fill = |builder: CredentialsCacheBuilder| {
        let cache = builder.build();
        runtime.block_on(cache.credentials()).unwrap();
        cache
    };
    let builder = || CredentialsCache::builder(credentials());
    let filled = |lean: bool| fill(if lean { builder().lean() } else { builder() });
    let precise = fill(builder().clock(Clock::system()));
    let skewed = fill(builder().clock_skew(ClockSkew::new()));
    let bare = ArcSwap::from_pointee(credentials());
    let (borrow, peek, owned, boxed) = (filled(false), filled(false), filled(false), filled(false));
    let (reader, owned_reader) = (filled(false), filled(false));
    let (lean_borrow, lean_owned) = (filled(true), filled(true));
    let coarse = Clock::coarse();
    vec![
        contender("ArcSwap::load, bare", move |n| {
            for _ in 0..n {
                black_box(&**bare.load());
            }
        }),
        contender("coarse clock", move |n| {
            for _ in 0..n {
                black_box(coarse.now());
            }
        }),
        contender("with (borrow)", move |n| {
            for _ in 0..n {
                black_box(borrow.with(|c| black_box(c).access_key_id().len()));
            }
        }),
        contender("with (borrow), precise clock", move |n| {
            for _ in 0..n {
                black_box(precise.with(|c| black_box(c).access_key_id().len()));
            }
        }),
        contender("with (borrow), by a clock skew", move |n| {
            for _ in 0..n {
                black_box(skewed.with(|c| black_box(c).access_key_id().len()));
            }
        }),
        contender("peek (owned)", move |n| {
            for _ in 0..n {
                black_box(peek.peek());
            }
        }),
        contender("credentials().await (owned)", move |n| {
            for _ in 0..n {
                black_box(ready(owned.credentials()).unwrap());
            }
        }),
        contender("dyn CredentialsProvider (owned, boxed)", move |n| {
            let provider: &dyn stscreds_core::CredentialsProvider = &boxed;
            for _ in 0..n {
                black_box(ready(provider.credentials()).unwrap());
            }
        }),
        contender("reader.with (borrow)", move |n| {
            let mut reader = reader.reader();
            for _ in 0..n {
                black_box(reader.with(|c| black_box(c).access_key_id().len()));
            }
        }),
        contender("reader.get().await (owned)", move |n| {
            let mut reader = owned_reader.reader();
            for _ in 0..n {
                black_box(ready(reader.get()).unwrap());
            }
        }),
        contender("lean, with (borrow)", move |n| {
            for _ in 0..n {
                black_box(lean_borrow.with(|c| black_box(c).access_key_id().len()));
            }
        }),
        contender("lean, credentials().await (owned)", move |n| {
            for _ in 0..n {
                black_box(ready(lean_owned.credentials()).unwrap());
            }
        }),
    ]
}

/// A hit is ready at the first poll.
#[inline]
fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut cx) {
        std::task::Poll::Ready(output) => output,
        std::task::Poll::Pending => unreachable!("a hit waits for nothing"),
    }
}

fn thread_cpu_nanos() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

/// CPU nanoseconds per operation, over all threads, of a window in which they ran in
/// parallel: threads that take turns on one core contend for nothing. `None` if a busy
/// machine grants no such window.
fn measure(contender: &Arc<Contender>, threads: usize, cores: usize) -> Option<f64> {
    (0..4).find_map(|_| {
        let (spent, wall) = window(contender, threads);
        let is_parallel = threads == 1 || spent / wall >= 0.75 * threads.min(cores) as f64;
        is_parallel.then_some(spent / (threads as f64 * OPERATIONS as f64))
    })
}

/// (CPU time of all threads, wall time), in nanoseconds.
fn window(contender: &Arc<Contender>, threads: usize) -> (f64, f64) {
    let barrier = Arc::new(Barrier::new(threads + 1));
    let workers: Vec<_> = (0..threads)
        .map(|_| {
            let (contender, barrier) = (Arc::clone(contender), Arc::clone(&barrier));
            std::thread::spawn(move || {
                (contender.run)(1_000);
                barrier.wait();
                let began = thread_cpu_nanos();
                (contender.run)(OPERATIONS);
                thread_cpu_nanos() - began
            })
        })
        .collect();
    barrier.wait();
    let began = Instant::now();
    let spent = workers.into_iter().map(|worker| worker.join().unwrap()).sum();
    (spent, began.elapsed().as_secs_f64() * 1e9)
}

/// The median, if there is any.
fn median(mut of: Vec<f64>) -> Option<f64> {
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 2).copied()
}

fn main() {
    let rounds = std::env::args().find_map(|arg| arg.parse().ok()).unwrap_or(9);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let contenders: Vec<_> = contenders(&runtime).into_iter().map(Arc::new).collect();
    let mut nanos = vec![[(); THREADS.len()].map(|()| Vec::new()); contenders.len()];
    for _ in 0..rounds {
        for (column, threads) in THREADS.into_iter().enumerate() {
            for (row, contender) in contenders.iter().enumerate() {
                nanos[row][column].push(measure(contender, threads, cores));
            }
        }
    }
    println!("{:40} {:>20} {:>20} {:>20}", "CPU ns (x bare load), windows", "1 thread", "2", "8");
    for (row, contender) in contenders.iter().enumerate() {
        let cell = |column: usize| {
            let own: Vec<f64> = nanos[row][column].iter().copied().flatten().collect();
            let pairs = nanos[row][column].iter().zip(&nanos[0][column]);
            let ratios = pairs.filter_map(|(own, bare)| Some((*own)? / (*bare)?)).collect();
            match (median(own.clone()), median(ratios)) {
                (Some(nanos), Some(ratio)) => format!("{nanos:.1} ({ratio:.2}) {:>2}", own.len()),
                _ => "too busy".to_owned(),
            }
        };
        println!("{:40} {:>20} {:>20} {:>20}", contender.name, cell(0), cell(1), cell(2));
    }
}
