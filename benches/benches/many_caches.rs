//! What does a hit of a random one of many cost, and how much memory does each take?

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a bench fails by panicking and tells what it found"
)]

use std::time::Duration;

use benches::many::{cost_of_a_hit, crowds, resident_bytes};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

fn many_caches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("many_caches");
    group.sample_size(10);
    group.warm_up_time(Duration::from_millis(20)).measurement_time(Duration::from_millis(200));
    for crowd in crowds() {
        for count in [1, 1_000, 100_000].into_iter().filter(|count| *count <= crowd.at_most) {
            let before = resident_bytes();
            let filled = crowd.fill(count).expect("it fills");
            let grown = resident_bytes().zip(before).map(|(now, then)| now.saturating_sub(then));
            group.bench_function(BenchmarkId::new(crowd.name, count), |bencher| {
                bencher.iter_custom(|times| {
                    let drawn = u32::try_from(times.clamp(1, 1 << 20)).unwrap_or(1 << 20);
                    let nanos = cost_of_a_hit(&*filled, count, drawn);
                    Duration::from_secs_f64(nanos * times as f64 / 1e9)
                });
            });
            // Less than the truth where memory is used again; the report asks a process each.
            if let Some(grown) = grown.filter(|_| count >= 100_000) {
                println!("    {} bytes each", grown / count as u64);
            }
        }
    }
    group.finish();
}

criterion_group!(benches, many_caches);
criterion_main!(benches);
