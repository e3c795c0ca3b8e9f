//! What a key costs, by the allocator.

use std::time::Duration;

use allocation_counter::measure;

use crate::stage::{Sts, wide};

/// All that a key has: entry, value, its place in the map and in the order of eviction. The
/// strings of the credentials are counted apart, as they are what they are.
#[test]
fn a_key_takes_no_more_memory_than_it_did() {
    const KEYS: u32 = 10_000;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let mut kept = None;

    let taken = measure(|| {
        runtime.block_on(async {
            let sts = Sts::that_takes(Duration::ZERO);
            let pool = sts.pool(&wide()).capacity(100_000).build();
            for key in 0..KEYS {
                pool.credentials(&key).await.unwrap();
            }
            kept = Some((sts, pool));
        });
    });

    let strings = kept.as_ref().map_or(0, |(_, pool)| {
        let lengths = (0..KEYS).filter_map(|key| {
            pool.with(&key, |it| it.access_key_id().len() + it.secret_access_key().expose().len())
        });
        lengths.sum::<usize>()
    });
    let each = (usize::try_from(taken.bytes_current).unwrap() - strings) / KEYS as usize;
    assert!(each <= MOST, "{each} bytes for each key");
}

/// 1,413 when this was written, of which a part is what the test itself remembers of each call.
const MOST: usize = 1_450;
