//! What a hit costs, as a ratio to a bare `ArcSwap::load` in the same run.
//!
//! Thread CPU time per operation, so that a descheduled thread does not count; every
//! round visits every contender, ratios are taken within a round, and the median of
//! the rounds is told. `cargo bench -p stscreds-cache --bench hit [rounds]`.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measuring program tells what it measured, and fails by panicking"
)]

use std::hint::black_box;
use std::sync::{Arc, Barrier};
use std::time::Duration;

use arc_swap::ArcSwap;
use rustix::time::{ClockId, clock_gettime};
use stscreds_cache::{CredentialsCache, CredentialsCacheBuilder};
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

/// CPU nanoseconds per operation, over all threads.
fn measure(contender: &Arc<Contender>, threads: usize) -> f64 {
    let barrier = Arc::new(Barrier::new(threads));
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
    let spent: f64 = workers.into_iter().map(|worker| worker.join().unwrap()).sum();
    spent / (threads as f64 * OPERATIONS as f64)
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of[of.len() / 2]
}

fn main() {
    let rounds = std::env::args().find_map(|arg| arg.parse().ok()).unwrap_or(9);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let contenders: Vec<_> = contenders(&runtime).into_iter().map(Arc::new).collect();
    let mut nanos = vec![[(); THREADS.len()].map(|()| Vec::new()); contenders.len()];
    for _ in 0..rounds {
        for (column, threads) in THREADS.into_iter().enumerate() {
            for (row, contender) in contenders.iter().enumerate() {
                nanos[row][column].push(measure(contender, threads));
            }
        }
    }
    println!("{:40} {:>22} {:>22} {:>22}", "CPU ns (x bare load)", "1 thread", "2", "8");
    for (row, contender) in contenders.iter().enumerate() {
        let cell = |column: usize| {
            let ratios =
                nanos[row][column].iter().zip(&nanos[0][column]).map(|(own, bare)| own / bare);
            format!("{:.1} ({:.2})", median(nanos[row][column].clone()), median(ratios.collect()))
        };
        println!("{:40} {:>22} {:>22} {:>22}", contender.name, cell(0), cell(1), cell(2));
    }
}
