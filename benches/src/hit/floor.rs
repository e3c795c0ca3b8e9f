use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;

use super::{Form, Hit};
use crate::clock;
use crate::contender::Level;
use crate::contenders::{Seam, ours};
use crate::upstream::{Issued, Refused, Upstream};
use crate::waiting::Waiting;

/// What the machine charges for the parts of a cache: nobody's hit can cost less than
/// the parts it needs.
#[must_use]
pub fn floor() -> Vec<Hit> {
    let credentials = issued().sdk();
    let (word, counter) = (AtomicU64::new(u64::MAX), AtomicU64::new(0));
    let swap = ArcSwap::from_pointee(credentials.clone());
    let shared = Arc::new(credentials.clone());
    let seam = Seam::of_no_cache(issued());
    vec![
        part("floor-load", "atomic load and a comparison", Form::Borrowed, move |_| {
            black_box(word.load(Ordering::Acquire)) > 7
        }),
        part("floor-clock", "the precise wall clock", Form::Borrowed, |_| clock::precise()),
        part("floor-coarse", "the tick clock", Form::Borrowed, |_| clock::coarse()),
        part("arc-swap-bare", "ArcSwap::load, nothing checked", Form::Borrowed, move |_| {
            black_box(&**swap.load()).access_key_id().len()
        }),
        part("floor-rmw", "fetch_add on one shared word", Form::Owned, move |_| {
            counter.fetch_add(1, Ordering::AcqRel)
        }),
        Hit::new(("floor-arc-own", "clone of an own Arc"), Level::Floor, Form::Owned, |times| {
            let own = Arc::new(0_u64);
            for _ in 0..times {
                drop(black_box(Arc::clone(black_box(&own))));
            }
        }),
        part("floor-arc-shared", "clone of one shared Arc", Form::Owned, move |_| {
            Arc::clone(&shared)
        }),
        part("floor-sdk-creds", "clone of the SDK's Credentials", Form::Owned, move |_| {
            credentials.clone()
        }),
        Hit::new(
            ("floor-sdk-seam", "inside the SDK: nothing looked up, each thread its own identity"),
            Level::SdkSeam,
            Form::Owned,
            move |times| {
                let waiting = Waiting::here();
                for _ in 0..times {
                    drop(black_box(waiting.for_output_of(seam.identity())));
                }
            },
        ),
    ]
}

/// The name of our reader's hits.
pub const READER: &str = "stscreds-reader";

/// The hits of our reader, which each thread has of its own.
///
/// # Errors
///
/// [`Refused`] if the cache could not be filled.
pub async fn readers(upstream: Upstream) -> Result<Vec<Hit>, Refused> {
    let cache = ours(upstream).build();
    cache.credentials().await.map_err(|_| Refused)?;
    let names = (READER, "CredentialsCache::reader, one per thread");
    let again = cache.clone();
    Ok(vec![
        Hit::new(names, Level::Direct, Form::Borrowed, move |times| {
            let mut reader = cache.reader();
            for _ in 0..times {
                black_box(reader.with(|credentials| credentials.access_key_id().len()));
            }
        }),
        Hit::new(names, Level::Direct, Form::Owned, move |times| {
            let (mut reader, waiting) = (again.reader(), Waiting::here());
            for _ in 0..times {
                drop(black_box(waiting.for_output_of(reader.get())));
            }
        }),
    ])
}

fn issued() -> Issued {
    Issued { serial: 0, expires_at: clock::precise() + Upstream::instant().lifetime() }
}

fn part<R>(
    name: &'static str,
    holds: &'static str,
    form: Form,
    once: impl Fn(u64) -> R + Send + Sync + 'static,
) -> Hit {
    Hit::new((name, holds), Level::Floor, form, move |times| {
        for nth in 0..times {
            drop(black_box(once(nth)));
        }
    })
}
