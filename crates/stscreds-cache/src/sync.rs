//! The primitives that the slot and the flight are made of: std's, or loom's when the
//! model checker builds them.

#[cfg(not(stscreds_loom))]
pub(crate) use std::sync::atomic::{AtomicU64, Ordering};
#[cfg(not(stscreds_loom))]
use std::sync::{Mutex as RawMutex, MutexGuard, PoisonError};

#[cfg(stscreds_loom)]
pub(crate) use loom::sync::atomic::{AtomicU64, Ordering};
#[cfg(stscreds_loom)]
use loom::sync::{Mutex as RawMutex, MutexGuard};
#[cfg(stscreds_loom)]
use std::sync::PoisonError;

/// A mutex that does not care about poison: what it guards is replaced as a whole, and a cache that nobody can use any more
/// would be a worse answer to a panic than the state from before it.
pub(crate) struct Mutex<T>(RawMutex<T>);

impl<T> Mutex<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(RawMutex::new(value))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
