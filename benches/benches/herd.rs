//! How long until every task is answered that found an empty cache, before an upstream
//! that takes 20 ms? The calls that were made are printed beside it: one is enough.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a bench fails by panicking and tells what it found"
)]

use std::time::Duration;

use benches::{contenders, question};
use criterion::{BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main};
use tokio::runtime::Runtime;

fn herd(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime starts");
    let mut group = criterion.benchmark_group("herd");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(1)).measurement_time(Duration::from_millis(100));
    for entry in contenders::all().iter().filter(|entry| entry.twin.is_none()) {
        for tasks in [10, 100, 1_000, 10_000] {
            let mut calls = 0;
            group.bench_function(BenchmarkId::new(entry.name, tasks), |bencher| {
                bencher.iter_custom(|herds| {
                    let mut took = Duration::ZERO;
                    for _ in 0..herds {
                        let answer = question::herd(entry, tasks, &runtime);
                        took += Duration::from_secs_f64(answer.all_answered_ms / 1e3);
                        calls = answer.calls;
                    }
                    took
                });
            });
            println!("    {calls} calls");
        }
    }
    group.finish();
}

criterion_group!(benches, herd);
criterion_main!(benches);
