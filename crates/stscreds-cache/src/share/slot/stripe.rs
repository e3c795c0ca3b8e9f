use std::ops::Range;
use std::sync::Arc;

use stscreds_core::Timestamp;

use crate::share::sync::{AtomicU64, Ordering};

/// A value as readers find it, with the instants that a reader compares.
///
/// On a cache line of its own, as a neighbour on the heap that is written to would take it
/// from its readers: another stripe's count beside it cost 10 to 75 % of a hit. One line,
/// and not the pair that some processors fetch together, as nobody writes to it but a refresh.
#[cfg_attr(target_arch = "aarch64", repr(align(128)))]
#[cfg_attr(not(target_arch = "aarch64"), repr(align(64)))]
pub(crate) struct Installed<V> {
    value: V,
    expires_at: Option<Timestamp>,
    quiet_from: AtomicU64,
    quiet_until: AtomicU64,
}

impl<V> Installed<V> {
    pub(crate) fn new(value: V, expires_at: Option<Timestamp>) -> Self {
        let [quiet_from, quiet_until] = [0; 2].map(AtomicU64::new);
        Self { value, expires_at, quiet_from, quiet_until }
    }

    /// The value, whatever the time.
    pub(crate) fn value(&self) -> &V {
        &self.value
    }

    /// The value, if all there is to do at `now` is to serve it.
    pub(crate) fn quiet_at(&self, now: Timestamp) -> Option<&V> {
        // Acquire, with the Release of `keep_quiet`.
        let until = self.quiet_until.load(Ordering::Acquire);
        let from = self.quiet_from.load(Ordering::Acquire);
        (from..until).contains(&now.unix_nanos()).then_some(&self.value)
    }

    /// The value, if it has not expired at `now`.
    pub(crate) fn valid_at(&self, now: Timestamp) -> Option<&V> {
        let is_valid = self.expires_at.is_none_or(|expiry| now < expiry);
        is_valid.then_some(&self.value)
    }

    /// Stored in the order opposite to the one they are loaded in, so that whoever sees a
    /// new end sees the beginning that belongs to it.
    pub(crate) fn keep_quiet(&self, time: &Range<Timestamp>) {
        self.quiet_from.store(time.start.unix_nanos(), Ordering::Release);
        self.quiet_until.store(time.end.unix_nanos(), Ordering::Release);
    }
}

#[cfg(not(stscreds_loom))]
mod cell {
    use arc_swap::{ArcSwapOption, Guard};

    use super::{Arc, Installed};

    /// Where one group of threads reads. Side by side with the others', as nothing is
    /// written to it but by a refresh: arc-swap counts its readers elsewhere.
    pub(crate) struct Stripe<V>(ArcSwapOption<Installed<V>>);

    impl<V> Stripe<V> {
        pub(crate) fn empty() -> Self {
            Self(ArcSwapOption::const_empty())
        }

        #[inline]
        pub(crate) fn load(&self) -> Guard<Option<Arc<Installed<V>>>> {
            self.0.load()
        }

        pub(crate) fn load_full(&self) -> Option<Arc<Installed<V>>> {
            self.0.load_full()
        }

        pub(crate) fn swap(&self, installed: Arc<Installed<V>>) -> Option<Arc<Installed<V>>> {
            self.0.swap(Some(installed))
        }

        #[cfg(feature = "pool")]
        pub(crate) fn take(&self) -> Option<Arc<Installed<V>>> {
            self.0.swap(None)
        }
    }
}

/// What the model checker sees of an `ArcSwap`: a pointer that is read and written as a
/// whole. arc-swap's own promises are its own tests' business.
#[cfg(stscreds_loom)]
mod cell {
    use super::{Arc, Installed};
    use crate::share::sync::Mutex;

    pub(crate) struct Stripe<V>(Mutex<Option<Arc<Installed<V>>>>);

    impl<V> Stripe<V> {
        pub(crate) fn empty() -> Self {
            Self(Mutex::new(None))
        }

        pub(crate) fn load(&self) -> Option<Arc<Installed<V>>> {
            self.0.lock().clone()
        }

        pub(crate) fn load_full(&self) -> Option<Arc<Installed<V>>> {
            self.load()
        }

        pub(crate) fn swap(&self, installed: Arc<Installed<V>>) -> Option<Arc<Installed<V>>> {
            self.0.lock().replace(installed)
        }

        #[cfg(feature = "pool")]
        pub(crate) fn take(&self) -> Option<Arc<Installed<V>>> {
            self.0.lock().take()
        }
    }
}

pub(super) use cell::Stripe;
