//! What a pool has done.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use stscreds_core::ErrorKind;

use super::budget::BudgetStats;
use crate::share::slot::stripe_of_thread;

/// What a pool has done and where it stands; of all keys together, as there may be many.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PoolStats {
    /// How many keys it holds.
    pub entries: usize,
    /// How often a key was looked up.
    pub lookups: u64,
    /// How many values were fetched.
    pub refreshes: u64,
    /// Failed refreshes, by kind.
    pub failures: BTreeMap<ErrorKind, u64>,
    /// How many entries left because they were not used, or for want of room.
    pub evictions: u64,
    /// Its budget, which others may share.
    pub budget: BudgetStats,
}

#[derive(Default)]
pub(super) struct Counters {
    lookups: [Lookups; STRIPES],
    refreshes: AtomicU64,
    failures: Mutex<BTreeMap<ErrorKind, u64>>,
    evictions: AtomicU64,
    was_over_capacity: AtomicBool,
}

/// On a cache line of its own, as every lookup writes to it.
#[derive(Default)]
#[repr(align(128))]
struct Lookups(AtomicU64);

const STRIPES: usize = 16;

impl Counters {
    #[inline]
    pub(super) fn looked_up(&self) {
        self.lookups[stripe_of_thread::current() % STRIPES].0.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn refreshed(&self, failed: Option<ErrorKind>) {
        let Some(kind) = failed else {
            self.refreshes.fetch_add(1, Ordering::Relaxed);
            return;
        };
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        *failures.entry(kind).or_default() += 1;
    }

    pub(super) fn evicted(&self) {
        self.evictions.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn is_first_over_capacity(&self) -> bool {
        !self.was_over_capacity.swap(true, Ordering::Relaxed)
    }

    pub(super) fn stats(&self, entries: usize, budget: BudgetStats) -> PoolStats {
        PoolStats {
            entries,
            lookups: self.lookups.iter().map(|stripe| stripe.0.load(Ordering::Relaxed)).sum(),
            refreshes: self.refreshes.load(Ordering::Relaxed),
            failures: self.failures.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            evictions: self.evictions.load(Ordering::Relaxed),
            budget,
        }
    }
}
