//! How long do reads take that come while a refresh of 50 ms goes on? The time shown is
//! the slowest of 1,000 reads; the percentiles are printed beside it.

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

fn hit_during_refresh(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime starts");
    let mut group = criterion.benchmark_group("hit_during_refresh");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(1)).measurement_time(Duration::from_millis(100));
    for entry in contenders::all().iter().filter(|entry| entry.twin.is_none()) {
        let mut last = None;
        group.bench_function(entry.name, |bencher| {
            bencher.iter_custom(|refreshes| {
                let mut slowest = Duration::ZERO;
                for _ in 0..refreshes {
                    let answer = question::one_refresh(entry, &runtime).expect("it fills");
                    slowest += Duration::from_secs_f64(answer.during.p999_us / 1e6);
                    last = Some(answer.during);
                }
                slowest
            });
        });
        if let Some(during) = last {
            let [p50, p99, p999, worst] =
                [during.p50_us, during.p99_us, during.p999_us, during.worst_us];
            println!("    p50 {p50:.0} us, p99 {p99:.0}, p99.9 {p999:.0}, worst {worst:.0}");
        }
    }
    group.finish();
}

criterion_group!(benches, hit_during_refresh);
criterion_main!(benches);
