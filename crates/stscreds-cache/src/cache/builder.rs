use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use stscreds_core::{Clock, Error, Timestamp};

use super::Cache;
use crate::chance::Chance;
use crate::engine::{Engine, Hooks};
use crate::policy::RefreshPolicy;
use crate::slot::Slot;
use crate::value::{Source, Value};

/// Builds a [`Cache`]; made by [`Cache::builder`].
#[must_use = "call `build` to get the cache"]
pub struct CacheBuilder<V> {
    source: Box<dyn Source<V>>,
    policy: Arc<RefreshPolicy>,
    clock: Clock,
    chance: Chance,
    stripes: Option<usize>,
    hooks: Hooks<V>,
    name: Option<Arc<str>>,
}

impl<V: Value> CacheBuilder<V> {
    pub(super) fn new(source: impl Source<V> + 'static) -> Self {
        Self {
            source: Box::new(source),
            policy: Arc::default(),
            clock: Clock::coarse(),
            chance: Chance::default(),
            stripes: None,
            hooks: Hooks { handle_failure: None, adjust_expiry: None },
            name: None,
        }
    }

    /// When to refresh and what to do if that fails; an `Arc` of it is shared.
    pub fn policy(mut self, policy: impl Into<Arc<RefreshPolicy>>) -> Self {
        self.policy = policy.into();
        self
    }

    /// The clock; the system's as of its last tick if none is given.
    pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
        self.clock = clock.into();
        self
    }

    /// A source of chance in place of the random one: numbers between 0 and 1, of
    /// which each installed value and each failure draws one.
    pub fn chance(mut self, draw: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.chance = Chance::custom(draw);
        self
    }

    /// The lean form: one stripe, for caches that are many or seldom read.
    ///
    /// Threads that clone values at the same time then contend for one count; reads by
    /// [`Cache::with`] cost the same.
    pub fn lean(mut self) -> Self {
        self.stripes = Some(1);
        self
    }

    /// What to do about a failed refresh, before the policy has its say: yield another
    /// value, which counts as refreshed, or an error. It is given the cached value.
    pub fn handle_failure(
        mut self,
        handle: impl Fn(Option<&V>, &Error) -> Result<V, Error> + Send + Sync + 'static,
    ) -> Self {
        self.hooks.handle_failure = Some(Arc::new(handle));
        self
    }

    /// When a value is due, in place of its expiry less the policy's window. It is
    /// given the value and the window, and not called if that is zero. The value
    /// itself keeps its true expiry.
    pub fn adjust_expiry(
        mut self,
        adjust: impl Fn(&V, Duration) -> Result<Timestamp, Error> + Send + Sync + 'static,
    ) -> Self {
        self.hooks.adjust_expiry = Some(Arc::new(adjust));
        self
    }

    /// A name for events and log lines.
    pub fn name(mut self, name: impl Into<Arc<str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The cache. It contacts nothing and starts nothing until it is asked.
    #[must_use]
    pub fn build(self) -> Cache<V> {
        let stripes = self.stripes.unwrap_or_else(stripes_of_this_machine);
        Cache {
            engine: Arc::new(Engine {
                slot: Slot::new(stripes),
                clock: self.clock,
                policy: self.policy,
                source: self.source,
                chance: self.chance,
                hooks: self.hooks,
                name: self.name,
            }),
        }
    }
}

impl<V> fmt::Debug for CacheBuilder<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheBuilder")
            .field("name", &self.name)
            .field("policy", &self.policy)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}

/// A power of two, so that threads spread evenly; above 16 the stripes of an hour's
/// refresh cost more than the contention of two threads on one.
fn stripes_of_this_machine() -> usize {
    static STRIPES: OnceLock<usize> = OnceLock::new();
    *STRIPES.get_or_init(|| {
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        cores.next_power_of_two().min(16)
    })
}
