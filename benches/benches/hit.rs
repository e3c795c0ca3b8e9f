//! What does a hit cost when nobody else wants one?

#![allow(clippy::expect_used, missing_docs, reason = "a bench fails by panicking")]

use std::time::Duration;

use benches::{Hit, Upstream, all_hits};
use criterion::{Criterion, criterion_group, criterion_main};

fn hit(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    let _within = runtime.enter();
    let all = runtime.block_on(all_hits(&Upstream::instant())).expect("every cache fills");
    let mut group = criterion.benchmark_group("hit");
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
    for hit in &all {
        group.bench_function(format!("{hit:?}"), |bencher| {
            bencher.iter_custom(|times| timed(hit, times));
        });
    }
    group.finish();
}

fn timed(hit: &Hit, times: u64) -> Duration {
    let began = benches::clock::instant();
    hit.run(times);
    began.elapsed()
}

criterion_group!(benches, hit);
criterion_main!(benches);
