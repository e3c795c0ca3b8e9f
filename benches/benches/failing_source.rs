//! How long until each of 20 tasks knows that the source fails, which takes it 20 ms?
//! The calls that were made are printed beside it: one is enough.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a bench fails by panicking and tells what it found"
)]

use std::time::Duration;

use benches::{contenders, question};
use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use tokio::runtime::Runtime;

fn failing_source(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime starts");
    let mut group = criterion.benchmark_group("failing_source");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(1)).measurement_time(Duration::from_millis(100));
    for entry in contenders::all().iter().filter(|entry| entry.twin.is_none()) {
        let mut calls = 0;
        group.bench_function(entry.name, |bencher| {
            bencher.iter_custom(|times| {
                let mut took = Duration::ZERO;
                for _ in 0..times {
                    let answer = question::failing_source(entry, 20, &runtime);
                    took += Duration::from_secs_f64(answer.all_answered_ms / 1e3);
                    calls = answer.calls;
                }
                took
            });
        });
        println!("    {calls} calls");
    }
    group.finish();
}

criterion_group!(benches, failing_source);
criterion_main!(benches);
