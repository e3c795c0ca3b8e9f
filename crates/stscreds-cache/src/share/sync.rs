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

/// A value that is set once and then read without a lock.
#[cfg(not(stscreds_loom))]
pub(crate) struct Once<T>(std::sync::OnceLock<T>);

#[cfg(not(stscreds_loom))]
impl<T: Clone> Once<T> {
    pub(crate) fn new() -> Self {
        Self(std::sync::OnceLock::new())
    }

    /// Sets it, unless it was set before.
    pub(crate) fn set(&self, value: T) {
        let _set_before = self.0.set(value);
    }

    pub(crate) fn get(&self) -> Option<T> {
        self.0.get().cloned()
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.get().is_some()
    }
}

/// loom has no `OnceLock`.
#[cfg(stscreds_loom)]
pub(crate) struct Once<T>(Mutex<Option<T>>);

#[cfg(stscreds_loom)]
impl<T: Clone> Once<T> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(None))
    }

    pub(crate) fn set(&self, value: T) {
        self.0.lock().get_or_insert(value);
    }

    pub(crate) fn get(&self) -> Option<T> {
        self.0.lock().clone()
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.lock().is_some()
    }
}
