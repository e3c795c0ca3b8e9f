//! Many caches in one process, as of a service that acts in the roles of its customers.

mod crowds;
mod footprint;

use std::hint::black_box;

pub use self::crowds::crowds;
pub use self::footprint::{Footprint, measure_here, resident_bytes};
use crate::clock;
use crate::contender::{Contender, Entry};
use crate::upstream::{Refused, Upstream};
use crate::waiting::Waiting;

/// A way to keep many values, of which one is read at a time.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Crowd {
    /// What it is called.
    pub name: &'static str,
    /// What it is, in a few words.
    pub holds: &'static str,
    /// Beyond this number it needs more memory than a test machine has.
    pub at_most: usize,
    fill: fn(usize) -> Result<Box<dyn Filled>, Refused>,
}

impl Crowd {
    /// So many instances of a contender, each held by its user.
    #[must_use]
    pub fn of(entry: &Entry) -> Self {
        Self { name: entry.name, holds: entry.holds, at_most: 1_000, fill: entry.fill }
    }

    /// So many of it, filled. Must be called within a tokio runtime's `block_in_place` or
    /// outside of one.
    ///
    /// # Errors
    ///
    /// [`Refused`] if it could not be filled.
    pub fn fill(&self, count: usize) -> Result<Box<dyn Filled>, Refused> {
        (self.fill)(count)
    }
}

/// A crowd that was filled.
pub trait Filled: Send + Sync {
    /// Reads the `key`-th value, and yields anything that was read from it.
    fn read(&self, key: usize) -> usize;
}

/// So many instances of a contender, each with its value.
pub(crate) fn fill_each<C: Contender>(count: usize) -> Result<Box<dyn Filled>, Refused> {
    let filling = async {
        let mut caches = Vec::with_capacity(count);
        for _ in 0..count {
            let cache = C::build(Upstream::instant());
            cache.get().await?;
            caches.push(cache);
        }
        Ok(Box::new(Each(caches)) as Box<dyn Filled>)
    };
    crowds::runtime()?.block_on(filling)
}

struct Each<C>(Vec<C>);

impl<C: Contender> Filled for Each<C> {
    fn read(&self, key: usize) -> usize {
        let cache = &self.0[key];
        cache.borrow().unwrap_or_else(|| {
            usize::from(black_box(Waiting::here().for_output_of(cache.get())).is_ok())
        })
    }
}

/// CPU nanoseconds per hit of a random one of `count`, on this thread.
#[must_use]
pub fn cost_of_a_hit(filled: &dyn Filled, count: usize, times: u32) -> f64 {
    // The same keys for all, drawn before the clock starts.
    let mut random = fastrand::Rng::with_seed(7);
    let keys: Vec<_> = (0..times).map(|_| random.usize(0..count.max(1))).collect();
    let began = clock::thread_cpu();
    for key in keys {
        black_box(filled.read(key));
    }
    (clock::thread_cpu() - began).as_nanos() as f64 / f64::from(times)
}
