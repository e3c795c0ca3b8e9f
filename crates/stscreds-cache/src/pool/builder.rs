//! Options of a pool.

use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use stscreds_core::{Clock, Credentials, CredentialsProvider};

use super::credentials::{CredentialsPool, ProviderOf};
use super::keyed::KeyedSource;
use super::rings::Rings;
use super::stats::Counters;
use super::{Budget, Inner, Key, Pool, TenantOf};
use crate::cache::options::Options;
use crate::decide::policy::RefreshPolicy;
use crate::observe::observer::Observer;
use crate::value::Value;

/// Builds a [`Pool`]; made by [`Pool::builder`].
#[must_use = "call `build` to get the pool"]
pub struct PoolBuilder<K: Key, V: Value> {
    source: Box<dyn KeyedSource<K, V>>,
    options: Options<V>,
    budget: Option<Budget>,
    pub(super) source_asks_budget: bool,
    tenant: TenantOf<K>,
    capacity: usize,
    idle_after: Duration,
}

impl<K: Key, V: Value> PoolBuilder<K, V> {
    pub(super) fn new(source: Box<dyn KeyedSource<K, V>>) -> Self {
        let mut options = Options::<V> { stripes: Some(1), ..Options::default() };
        // While a valid value exists nobody waits, for the budget least of all.
        options.policy =
            Arc::new(RefreshPolicy { mandatory: Duration::ZERO, ..RefreshPolicy::default() });
        Self {
            source,
            options,
            budget: None,
            source_asks_budget: false,
            tenant: Box::new(|key, budget| budget.tenant_of(key)),
            capacity: 10_000,
            idle_after: Duration::from_secs(3_600),
        }
    }

    /// The budget of requests, which other pools may share; without one, 300 requests per second
    /// of this pool's own.
    pub fn budget(mut self, budget: &Budget) -> Self {
        self.budget = Some(budget.clone());
        self
    }

    /// Whose turn a key takes; each key is a tenant of its own if this is not called.
    ///
    /// Tenants take turns in the budget: what one of them floods or hangs delays the others by
    /// no more than a turn. Give the customer, or the account.
    pub fn tenant<T: Hash>(mut self, tenant: impl Fn(&K) -> T + Send + Sync + 'static) -> Self {
        self.tenant = Box::new(move |key, budget| budget.tenant_of(&tenant(key)));
        self
    }

    /// How many keys the pool keeps; 10,000 if this is not called, and 0 counts as 1.
    ///
    /// It may hold more for as long as all of them are in use.
    pub fn capacity(mut self, capacity: usize) -> Self {
        self.capacity = capacity.max(1);
        self
    }

    /// How long past its expiry a value that nobody asks for stays; an hour if this is not called.
    pub fn idle_after(mut self, idle_after: Duration) -> Self {
        self.idle_after = idle_after;
        self
    }

    /// When to refresh: [`CacheBuilder::policy`](crate::CacheBuilder::policy). The pool's default
    /// has no mandatory window, as in it callers would wait for the budget while they could be
    /// served.
    pub fn policy(mut self, policy: impl Into<Arc<RefreshPolicy>>) -> Self {
        self.options.policy = policy.into();
        self
    }

    /// The clock: [`CacheBuilder::clock`](crate::CacheBuilder::clock). The budget goes by tokio's.
    pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
        self.options.clock = clock.into();
        self
    }

    /// Learns what happens to all keys: [`CacheBuilder::observer`](crate::CacheBuilder::observer).
    pub fn observer(mut self, observer: Observer) -> Self {
        self.options.audience.observer = Some(observer);
        self
    }

    /// A name for events and log lines.
    pub fn name(mut self, name: impl Into<Arc<str>>) -> Self {
        self.options.audience.name = Some(name.into());
        self
    }

    /// The pool. It contacts nothing and starts nothing until it is asked.
    #[must_use]
    pub fn build(self) -> Pool<K, V> {
        Pool(Arc::new(Inner {
            shared: self.options.shared(),
            entries: papaya::HashMap::new(),
            source: self.source,
            tenant: self.tenant,
            budget: self.budget.unwrap_or_else(|| Budget::per_second(300).build()),
            source_asks_budget: self.source_asks_budget,
            rings: Mutex::new(Rings::new()),
            capacity: self.capacity,
            idle_after: self.idle_after,
            counters: Counters::default(),
        }))
    }
}

/// Builds a [`CredentialsPool`]; made by [`CredentialsPool::builder`] and
/// [`CredentialsPool::by_provider`].
#[must_use = "call `build` to get the pool"]
pub struct CredentialsPoolBuilder<K: Key> {
    pub(super) builder: PoolBuilder<K, Credentials>,
    pub(super) provider_of: Option<ProviderOf<K>>,
}

impl<K: Key> CredentialsPoolBuilder<K> {
    /// The budget of requests: [`PoolBuilder::budget`].
    pub fn budget(self, budget: &Budget) -> Self {
        self.with(|builder| builder.budget(budget))
    }

    /// Whose turn a key takes: [`PoolBuilder::tenant`].
    pub fn tenant<T: Hash>(self, tenant: impl Fn(&K) -> T + Send + Sync + 'static) -> Self {
        self.with(|builder| builder.tenant(tenant))
    }

    /// How many keys the pool keeps: [`PoolBuilder::capacity`].
    pub fn capacity(self, capacity: usize) -> Self {
        self.with(|builder| builder.capacity(capacity))
    }

    /// How long unused values stay: [`PoolBuilder::idle_after`].
    pub fn idle_after(self, idle_after: Duration) -> Self {
        self.with(|builder| builder.idle_after(idle_after))
    }

    /// When to refresh: [`PoolBuilder::policy`].
    pub fn policy(self, policy: impl Into<Arc<RefreshPolicy>>) -> Self {
        self.with(|builder| builder.policy(policy))
    }

    /// The clock: [`PoolBuilder::clock`].
    pub fn clock(self, clock: impl Into<Clock>) -> Self {
        self.with(|builder| builder.clock(clock))
    }

    /// Learns what happens: [`PoolBuilder::observer`].
    pub fn observer(self, observer: Observer) -> Self {
        self.with(|builder| builder.observer(observer))
    }

    /// A name for events and log lines.
    pub fn name(self, name: impl Into<Arc<str>>) -> Self {
        self.with(|builder| builder.name(name))
    }

    /// The pool. It contacts nothing and starts nothing until it is asked.
    #[must_use]
    pub fn build(self) -> CredentialsPool<K> {
        CredentialsPool::new(self.builder.build(), self.provider_of)
    }

    fn with(
        self,
        option: impl FnOnce(PoolBuilder<K, Credentials>) -> PoolBuilder<K, Credentials>,
    ) -> Self {
        Self { builder: option(self.builder), ..self }
    }
}

/// For the builder, which boxes it.
pub(super) fn provider_of<K, P>(
    provider_for: impl Fn(&K) -> P + Send + Sync + 'static,
) -> ProviderOf<K>
where
    P: CredentialsProvider + 'static,
{
    Arc::new(move |key| Arc::new(provider_for(key)) as Arc<dyn CredentialsProvider>)
}

impl<K: Key, V: Value> fmt::Debug for PoolBuilder<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolBuilder").field("capacity", &self.capacity).finish_non_exhaustive()
    }
}

impl<K: Key> fmt::Debug for CredentialsPoolBuilder<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.builder.fmt(f)
    }
}
