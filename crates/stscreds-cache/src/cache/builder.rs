use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Duration;

use stscreds_core::{Clock, Error, Timestamp};

use super::Cache;
use crate::chance::Chance;
use crate::decide::policy::RefreshPolicy;
use crate::observe::audience::Audience;
use crate::observe::observer::Observer;
use crate::run::engine::Engine;
use crate::run::hooks::Hooks;
use crate::run::upkeep::{Keeper, Upkeep};
use crate::share::slot::Slot;
use crate::skew::{ClockSkew, ServerClock};
use crate::value::{Source, Value};

/// Builds a [`Cache`]; made by [`Cache::builder`].
#[must_use = "call `build` to get the cache"]
pub struct CacheBuilder<V> {
    source: Box<dyn Source<V>>,
    policy: Arc<RefreshPolicy>,
    clock: Clock,
    chance: Chance,
    stripes: Option<usize>,
    hooks: Option<Box<Hooks<V>>>,
    skew: Option<ClockSkew>,
    audience: Audience,
    upkeep: Upkeep,
}

impl<V: Value> CacheBuilder<V> {
    pub(super) fn new(source: impl Source<V> + 'static) -> Self {
        Self {
            source: Box::new(source),
            policy: Arc::clone(&DEFAULT_POLICY),
            clock: Clock::coarse(),
            chance: Chance::default(),
            stripes: None,
            hooks: None,
            skew: None,
            audience: Audience::default(),
            upkeep: Upkeep::default(),
        }
    }

    /// When to refresh and what to do if that fails; an `Arc` of it is shared.
    pub fn policy(mut self, policy: impl Into<Arc<RefreshPolicy>>) -> Self {
        self.policy = policy.into();
        self
    }

    /// The clock; the system's as of its last tick if none is given.
    ///
    /// The tick is up to 10 ms old, and so every phase may begin that much late.
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

    /// Who begins a refresh that is due; callers if nothing else is said.
    pub fn upkeep(mut self, upkeep: Upkeep) -> Self {
        self.upkeep = upkeep;
        self
    }

    /// Goes by the server's time, as far as this skew has seen it: [`ClockSkew`].
    ///
    /// Instants in events and [`Stats`](crate::Stats) are still those of the local clock. A
    /// hit reads a second clock and compares the two.
    pub fn clock_skew(mut self, skew: ClockSkew) -> Self {
        self.skew = Some(skew);
        self
    }

    /// Is told what happens in the cache.
    pub fn observer(mut self, observer: Observer) -> Self {
        self.audience.observer = Some(observer);
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

    /// What to do when the source fails, before the policy has its say: yield another
    /// value, which counts as refreshed, or an error. It is given the cached value.
    ///
    /// A value that arrives expired is the policy's business alone: [`Arrival`](crate::Arrival).
    pub fn handle_failure(
        mut self,
        handle: impl Fn(Option<&V>, &Error) -> Result<V, Error> + Send + Sync + 'static,
    ) -> Self {
        self.hooks.get_or_insert_default().handle_failure = Some(Box::new(handle));
        self
    }

    /// When a value is due, in place of its expiry less the policy's window. It is
    /// given the value and the window, and not called if that is zero. The value
    /// itself keeps its true expiry, past which nothing is due.
    pub fn adjust_expiry(
        mut self,
        adjust: impl Fn(&V, Duration) -> Result<Timestamp, Error> + Send + Sync + 'static,
    ) -> Self {
        self.hooks.get_or_insert_default().adjust_expiry = Some(Box::new(adjust));
        self
    }

    /// A name for events and log lines.
    pub fn name(mut self, name: impl Into<Arc<str>>) -> Self {
        self.audience.name = Some(name.into());
        self
    }

    /// The cache. It contacts nothing and starts nothing until it is asked.
    #[must_use]
    pub fn build(self) -> Cache<V> {
        let stripes = self.stripes.unwrap_or_else(stripes_of_this_machine);
        let (clock, local) = match self.skew {
            None => (self.clock, None),
            Some(skew) => {
                let server = ServerClock::new(self.clock.clone(), skew);
                (Clock::custom(server), Some(self.clock))
            }
        };
        Cache {
            engine: Arc::new(Engine {
                slot: Slot::new(stripes, Arc::clone(&self.policy)),
                clock,
                local,
                policy: self.policy,
                source: self.source,
                chance: self.chance,
                hooks: self.hooks,
                audience: self.audience,
                upkeep: self.upkeep,
                keeper: Keeper::default(),
            }),
        }
    }
}

impl<V> fmt::Debug for CacheBuilder<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheBuilder")
            .field("name", &self.audience.name)
            .field("policy", &self.policy)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}

/// One for all caches that are given none.
static DEFAULT_POLICY: LazyLock<Arc<RefreshPolicy>> = LazyLock::new(Arc::default);

/// More than the cores, as two threads of different cores may be given the same stripe;
/// a power of two, so that threads spread evenly. One core contends with nobody.
fn stripes_of_this_machine() -> usize {
    static STRIPES: OnceLock<usize> = OnceLock::new();
    *STRIPES.get_or_init(|| {
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        match cores {
            1 => 1,
            _ => cores.next_power_of_two().clamp(16, 64),
        }
    })
}
