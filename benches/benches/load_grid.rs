//! The grid by which aws-sdk-go-v2 measures its `CredentialsCache`: 1 to 10,000 tasks get
//! the value again and again; in the second half one of them invalidates it each 10,000th,
//! 1,000th or 100th time. The time shown is wall time per get.

#![allow(clippy::expect_used, missing_docs, reason = "a bench fails by panicking")]

use std::time::Duration;

use benches::{Entry, Invalidation, Upstream, contenders, question};
use criterion::{BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main};
use tokio::runtime::Runtime;

const GRID: [usize; 6] = [1, 10, 100, 500, 1_000, 10_000];

fn load_grid(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime starts");
    let mut group = criterion.benchmark_group("load_grid");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(5)).measurement_time(Duration::from_millis(50));
    for entry in contenders::all().iter().filter(|entry| entry.twin.is_none()) {
        for tasks in GRID {
            let id = BenchmarkId::new(format!("{}/retrieve", entry.name), tasks);
            group.bench_function(id, |bencher| {
                bencher.iter_custom(|times| per_get(entry, tasks, times, None, &runtime));
            });
        }
        let invalidates = entry.build(Upstream::instant()).invalidate() == Invalidation::Done;
        for every in [10_000, 1_000, 100].into_iter().filter(|_| invalidates) {
            let id = BenchmarkId::new(format!("{}/invalidate", entry.name), every);
            group.bench_function(id, |bencher| {
                bencher.iter_custom(|times| per_get(entry, 100, times, Some(every), &runtime));
            });
        }
    }
    group.finish();
}

fn per_get(
    entry: &Entry,
    tasks: usize,
    times: u64,
    every: Option<u64>,
    runtime: &Runtime,
) -> Duration {
    let each = times.div_ceil(tasks as u64).max(1);
    let took = question::load_grid(entry, tasks, each, every, runtime).expect("it answers");
    took.mul_f64(times as f64 / (each * tasks as u64) as f64)
}

criterion_group!(benches, load_grid);
criterion_main!(benches);
