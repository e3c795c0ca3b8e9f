use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use stscreds_core::{Clock, Error, Timestamp};

use super::Cache;
use super::options::Options;
use crate::chance::Chance;
use crate::decide::policy::RefreshPolicy;
use crate::observe::observer::Observer;
use crate::run::upkeep::Upkeep;
use crate::skew::ClockSkew;
use crate::value::{Source, Value};

/// Builds a [`Cache`]; made by [`Cache::builder`].
#[must_use = "call `build` to get the cache"]
pub struct CacheBuilder<V> {
    source: Arc<dyn Source<V>>,
    options: Options<V>,
}

impl<V: Value> CacheBuilder<V> {
    pub(super) fn new(source: impl Source<V> + 'static) -> Self {
        Self { source: Arc::new(source), options: Options::default() }
    }

    /// When to refresh and what to do if that fails; an `Arc` of it is shared.
    pub fn policy(mut self, policy: impl Into<Arc<RefreshPolicy>>) -> Self {
        self.options.policy = policy.into();
        self
    }

    /// The clock. Defaults to the system's, as of its last tick.
    ///
    /// The tick is up to 10 ms old, and so every phase may begin that much late.
    pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
        self.options.clock = clock.into();
        self
    }

    /// Overrides the random numbers, from 0 to 1.
    ///
    /// One is drawn for each installed value and one for each failure.
    pub fn chance(mut self, draw: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.options.chance = Chance::custom(draw);
        self
    }

    /// Who starts a due refresh. Defaults to callers.
    pub fn upkeep(mut self, upkeep: Upkeep) -> Self {
        self.options.upkeep = upkeep;
        self
    }

    /// Goes by the server's time, as far as this skew has seen it: [`ClockSkew`].
    ///
    /// Instants in events and [`Stats`](crate::Stats) are still those of the local clock. A
    /// hit reads a second clock and compares the two.
    pub fn clock_skew(mut self, skew: ClockSkew) -> Self {
        self.options.skew = Some(skew);
        self
    }

    /// Receives every event of the cache.
    pub fn observer(mut self, observer: Observer) -> Self {
        self.options.audience.observer = Some(observer);
        self
    }

    /// The lean form: one stripe, for caches that are many or seldom read.
    ///
    /// Threads that clone values at the same time then contend for one count; reads by
    /// [`Cache::with`] cost the same.
    pub fn lean(mut self) -> Self {
        self.options.stripes = Some(1);
        self
    }

    /// What to do when the source fails, before the policy has its say: yield another
    /// value, which counts as refreshed, or an error. It is given the cached value.
    ///
    /// A value that arrives expired is the policy's business alone: [`Arrival`](crate::policy::Arrival).
    pub fn handle_failure(
        mut self,
        handle: impl Fn(Option<&V>, &Error) -> Result<V, Error> + Send + Sync + 'static,
    ) -> Self {
        self.options.hooks.get_or_insert_default().handle_failure = Some(Box::new(handle));
        self
    }

    /// When a value is due, in place of its expiry less the policy's window. It is
    /// given the value and the window, and not called if that is zero. The value
    /// itself keeps its true expiry, past which nothing is due.
    pub fn adjust_expiry(
        mut self,
        adjust: impl Fn(&V, Duration) -> Result<Timestamp, Error> + Send + Sync + 'static,
    ) -> Self {
        self.options.hooks.get_or_insert_default().adjust_expiry = Some(Box::new(adjust));
        self
    }

    /// A name for events and log lines.
    pub fn name(mut self, name: impl Into<Arc<str>>) -> Self {
        self.options.audience.name = Some(name.into());
        self
    }

    /// The cache. It contacts nothing and starts nothing until it is asked.
    #[must_use]
    pub fn build(self) -> Cache<V> {
        Cache::of(self.options.shared().engine(self.source))
    }
}

impl<V> fmt::Debug for CacheBuilder<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheBuilder")
            .field("name", &self.options.audience.name)
            .field("policy", &self.options.policy)
            .field("clock", &self.options.clock)
            .finish_non_exhaustive()
    }
}
