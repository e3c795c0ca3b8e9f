//! What does a hit cost when other threads want one too?
//!
//! `aggregate` is the wall time per hit of all threads together: it halves when a second
//! core helps, and stays or grows where threads are in each other's way. `per_thread` is
//! the CPU time of one hit: it stays the same where they are not.

#![allow(clippy::expect_used, missing_docs, reason = "a bench fails by panicking")]

use std::time::Duration;

use benches::{Form, Hit, Upstream, all_hits, contenders};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use tokio::runtime::Runtime;

fn hit_contended(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime starts");
    let all = runtime.block_on(all_hits(&Upstream::instant())).expect("every cache fills");
    let twins: Vec<_> =
        contenders::all().iter().filter(|e| e.twin.is_some()).map(|e| e.name).collect();
    let mut group = criterion.benchmark_group("hit_contended");
    group.sample_size(10);
    group.warm_up_time(Duration::from_millis(20)).measurement_time(Duration::from_millis(300));
    for hit in all.iter().filter(|hit| hit.form == Form::Owned && !twins.contains(&hit.name)) {
        for threads in [1, 2, 4, 8] {
            let id = BenchmarkId::new(format!("{}/aggregate", hit.name), threads);
            group.bench_function(id, |b| b.iter_custom(|n| aggregate(hit, threads, n, &runtime)));
            let id = BenchmarkId::new(format!("{}/per_thread", hit.name), threads);
            group.bench_function(id, |b| b.iter_custom(|n| per_thread(hit, threads, n, &runtime)));
        }
    }
    group.finish();
}

fn aggregate(hit: &Hit, threads: usize, times: u64, runtime: &Runtime) -> Duration {
    let each = times.div_ceil(threads as u64);
    let per_second = hit.sample(threads, each, runtime.handle()).per_second;
    Duration::from_secs_f64(times as f64 / per_second)
}

fn per_thread(hit: &Hit, threads: usize, times: u64, runtime: &Runtime) -> Duration {
    let each = times.div_ceil(threads as u64);
    let nanos = hit.sample(threads, each, runtime.handle()).cpu_ns;
    Duration::from_secs_f64(times as f64 * nanos / 1e9)
}

criterion_group!(benches, hit_contended);
criterion_main!(benches);
