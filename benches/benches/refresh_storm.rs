//! What does a read take on average where credentials live for 100 ms only? The calls per
//! lifetime are printed beside it: one is enough.

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

fn refresh_storm(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime starts");
    let mut group = criterion.benchmark_group("refresh_storm");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(1)).measurement_time(Duration::from_millis(100));
    for entry in contenders::all().iter().filter(|entry| entry.twin.is_none()) {
        let mut calls = 0.0;
        group.bench_function(entry.name, |bencher| {
            bencher.iter_custom(|storms| {
                let mut took = Duration::ZERO;
                for _ in 0..storms {
                    let lasting = Duration::from_millis(250);
                    let answer = question::storm(entry, lasting, &runtime).expect("it fills");
                    took += Duration::from_secs_f64(answer.all.mean_us / 1e6);
                    calls = answer.calls as f64 / answer.lifetimes;
                }
                took
            });
        });
        println!("    {calls:.1} calls per lifetime");
    }
    group.finish();
}

criterion_group!(benches, refresh_storm);
criterion_main!(benches);
