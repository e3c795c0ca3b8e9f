//! Many identities in one process, within one budget of requests to STS.
//!
//! ```
//! use stscreds_cache::pool::{Budget, CredentialsPool};
//! use stscreds_core::{Credentials, Error};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Error> {
//! // One budget for each account that signs and region; STS throttles at about 600 a second.
//! let budget = Budget::per_second(300).build();
//! // Any source: here a closure, which gets the key by value.
//! let pool = CredentialsPool::builder(async |customer: u64| {
//!     Ok(Credentials::new(format!("AKIAEXAMPLE{customer}"), "a secret"))
//! })
//! .budget(&budget)
//! .capacity(100_000)
//! .build();
//!
//! let credentials = pool.credentials(&7).await?;
//! assert_eq!(credentials.access_key_id(), "AKIAEXAMPLE7");
//! # Ok(()) }
//! ```
//!
//! Everything that is said of one [`Cache`] holds for each key. A pool adds
//!
//! - **turns**: tenants take turns, and within one the caller who has nothing comes first. While
//!   a valid value exists nobody waits for the budget.
//! - **bounds**: what would wait for too long is refused at once, and a full pool drops what was
//!   not used for longest, entries without a value first.
//! - **quiet**: a key that nobody uses causes no requests and leaves after a while. There is no
//!   task, timer or thread for an idle key.

mod budget;
mod builder;
mod credentials;
mod entry;
mod keyed;
mod rings;
mod stats;
mod turn;
mod turns;
mod warm;

use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use stscreds_core::{Error, Timestamp};

pub use self::budget::{Budget, BudgetBuilder, BudgetStats, Permit};
pub use self::builder::{CredentialsPoolBuilder, PoolBuilder};
pub use self::credentials::CredentialsPool;
use self::entry::Entry;
pub(crate) use self::entry::Pin;
use self::keyed::{Keyed, KeyedSource};
use self::rings::{Look, Rings};
use self::stats::Counters;
pub use self::stats::PoolStats;
use self::turns::Rank;
pub use self::warm::Warming;
use crate::cache::Cache;
use crate::observe::subscription::Subscription;
use crate::run::shared::Shared;
use crate::value::Value;

/// What identifies a value in a pool.
pub trait Key: Eq + Hash + Clone + Send + Sync + 'static {}

impl<K: Eq + Hash + Clone + Send + Sync + 'static> Key for K {}

/// Keeps a value for each of many keys: see the [module](self).
///
/// A cheap handle; clones are the same pool.
pub struct Pool<K: Key, V: Value>(Arc<Inner<K, V>>);

/// Whose turn a key takes in a budget.
type TenantOf<K> = Box<dyn Fn(&K, &Budget) -> turns::Tenant + Send + Sync>;

struct Inner<K, V> {
    shared: Arc<Shared<V>>,
    entries: papaya::HashMap<K, Arc<Entry<V>>>,
    source: Box<dyn KeyedSource<K, V>>,
    tenant: TenantOf<K>,
    budget: Budget,
    /// Whether the source takes permits itself, for each request that it sends.
    source_asks_budget: bool,
    rings: Mutex<Rings<K>>,
    capacity: usize,
    idle_after: Duration,
    counters: Counters,
}

impl<K: Key, V: Value> Pool<K, V> {
    /// A pool of what this source yields; it gets the key by value.
    ///
    /// The source is called for one key from one task at a time, and for as many keys at the
    /// same time as the budget lets.
    pub fn builder<S, Fut>(source: S) -> PoolBuilder<K, V>
    where
        S: Fn(K) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<V, Error>> + Send + 'static,
    {
        PoolBuilder::new(Box::new(keyed::FromFn(source)))
    }

    /// The value of this key, as [`Cache::get`] yields it.
    ///
    /// # Errors
    ///
    /// As [`Cache::get`]; [`Throttled`](stscreds_core::ErrorKind::Throttled) at once if there is
    /// nothing to serve and the budget's queue is too long.
    ///
    /// # Cancel safety
    ///
    /// As [`Cache::get`].
    pub async fn get(&self, key: &K) -> Result<V, Error> {
        if let Some(value) = self.with(key, V::clone) {
            return Ok(value);
        }
        let cache = self.wanted(key, Rank::Waiting);
        cache.get().await
    }

    /// The value of this key with at least so much life left, as [`Cache::remaining`] yields it.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    ///
    /// # Cancel safety
    ///
    /// As [`Cache::get`].
    pub async fn remaining(&self, key: &K, at_least: Duration) -> Result<V, Error> {
        self.0.counters.looked_up();
        let cache = self.wanted(key, Rank::Waiting);
        cache.remaining(at_least).await
    }

    /// Reads the value of this key in place if [`get`](Self::get) would return it at once.
    ///
    /// One lookup in a map without locks, and a hit of a [`Cache`]. Begins a refresh that is due
    /// if called within a tokio runtime. An unknown key is not added.
    pub fn with<R>(&self, key: &K, read: impl FnOnce(&V) -> R) -> Option<R> {
        self.0.counters.looked_up();
        let entries = self.0.entries.pin();
        let entry = entries.get(key)?;
        entry.touch();
        let engine = &entry.engine;
        engine.item.slot.hit(
            || engine.now(),
            |value| Some(read(value)),
            |read| {
                // What begins a refresh keeps the entry in the pool meanwhile.
                let _pin = entry.pin().then(|| Pin(Arc::clone(entry)))?;
                let value = Cache::of(engine.clone()).value_at_once()?;
                read(value.value())
            },
        )
    }

    /// The value of this key if it is valid now: [`Cache::peek`].
    #[must_use]
    pub fn peek(&self, key: &K) -> Option<V> {
        let entries = self.0.entries.pin();
        let entry = entries.get(key)?;
        entry.engine.item.slot.peek(entry.engine.now(), V::clone)
    }

    /// The cache of this key, for whatever takes a [`Cache`]. The entry stays in the pool for as
    /// long as there is a handle to it.
    #[must_use]
    pub fn cache(&self, key: &K) -> Cache<V> {
        self.wanted(key, Rank::Advisory)
    }

    /// [Invalidates](Cache::invalidate) the value of this key.
    pub fn invalidate(&self, key: &K) {
        if let Some(entry) = self.0.entries.pin().get(key) {
            entry.engine.reject(None);
        }
    }

    /// Invalidates every value of which this is true. Says how many.
    pub fn invalidate_where(&self, is_meant: impl Fn(&K, &V) -> bool) -> usize {
        let entries = self.0.entries.pin();
        let meant = entries.iter().filter(|(key, entry)| {
            entry.engine.item.slot.cached().is_some_and(|cached| is_meant(key, cached.value()))
        });
        meant.map(|(_, entry)| entry.engine.reject(None)).count()
    }

    /// Forgets this key. Handles to its cache keep what they have.
    pub fn remove(&self, key: &K) {
        if let Some(entry) = self.0.entries.pin().remove(key) {
            let _emptied = entry.retire();
            entry.retire_anyway();
        }
    }

    /// Fetches the values of these keys with the least urgency, to have them later.
    ///
    /// Dropping what this returns stops what has not begun.
    #[must_use = "nothing is fetched unless it is awaited"]
    pub fn warm(&self, keys: impl IntoIterator<Item = K>) -> Warming<K, V> {
        Warming::new(self.clone(), keys.into_iter().collect())
    }

    /// What the pool has done and where it stands.
    #[must_use]
    pub fn stats(&self) -> PoolStats {
        self.0.counters.stats(self.0.entries.len(), self.0.budget.stats())
    }

    /// The events of all keys from now on.
    #[must_use]
    pub fn subscribe(&self) -> Subscription {
        self.0.shared.audience.subscribe()
    }

    /// A handle to the entry of this key, which is added if it is missing, for somebody who
    /// wants it so urgently.
    fn wanted(&self, key: &K, rank: Rank) -> Cache<V> {
        let pin = self.pinned(key);
        // For a value that can be served nobody waits.
        let now = pin.0.engine.now();
        if rank == Rank::Waiting
            && pin.0.engine.item.slot.peek(now, |_| ()).is_none()
            && let Some(ticket) = pin.0.want(rank)
        {
            self.0.budget.raise(ticket, rank);
        }
        Cache::pinned(pin.0.engine.clone(), Arc::new(pin))
    }

    fn pinned(&self, key: &K) -> Pin<V> {
        let entries = self.0.entries.pin();
        loop {
            if let Some(entry) = entries.get(key) {
                if entry.pin() {
                    entry.touch();
                    return Pin(Arc::clone(entry));
                }
                // It has left and is about to be removed: help, and begin anew.
                let retired = Arc::clone(entry);
                let _removed = entries.remove_if(key, |_, current| Arc::ptr_eq(current, &retired));
            }
            let source = Keyed { pool: Arc::downgrade(&self.0), key: key.clone() };
            let entry = Arc::new(Entry::new(self.0.shared.engine(Arc::new(source))));
            if entries.try_insert(key.clone(), Arc::clone(&entry)).is_ok() {
                self.0.added(key.clone());
                return Pin(entry);
            }
        }
    }
}

impl<K: Key, V: Value> Inner<K, V> {
    fn added(&self, key: K) {
        let now = self.shared.now();
        let mut rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        rings.add(key);
        rings.look_at_some(LOOKS_PER_KEY, |key| self.look(key, now, Idle::Leaves));
        let is_over = || self.entries.len() > self.capacity;
        if is_over() {
            rings.sweep_without_value(is_over, |key| self.look(key, now, Idle::Leaves));
            rings.sweep_with_value(self.capacity, |key| self.look(key, now, Idle::LeavesUnused));
        }
        drop(rings);
        if is_over() && self.counters.is_first_over_capacity() {
            tracing::warn!(
                capacity = self.capacity,
                "the pool is over its capacity: every entry is in use or has a value"
            );
        }
    }

    /// A value arrived: one that is not used for longest may have to leave for it.
    fn filled(&self) {
        if self.entries.len() <= self.capacity {
            return;
        }
        let now = self.shared.now();
        let mut rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        rings.look_at_some(LOOKS_PER_KEY, |key| self.look(key, now, Idle::Leaves));
        rings.sweep_with_value(self.capacity, |key| self.look(key, now, Idle::LeavesUnused));
    }

    /// Lets an entry leave if it may.
    fn look(&self, key: &K, now: Timestamp, idle: Idle) -> Look {
        let entries = self.entries.pin();
        let Some(entry) = entries.get(key) else { return Look::Gone };
        let has_value = entry.has_value();
        let may_leave = match idle {
            Idle::LeavesUnused => !entry.was_used(),
            Idle::Leaves if has_value => self.is_abandoned(entry, now),
            Idle::Leaves => true,
        };
        if !may_leave {
            return Look::Stays { has_value };
        }
        // Without a value it stays for as long as it is wanted, or remembers a failure.
        if !has_value
            && idle == Idle::Leaves
            && self.entries.len() <= self.capacity
            && !self.is_abandoned(entry, now)
        {
            return Look::Stays { has_value };
        }
        match entry.retire() {
            None => Look::Stays { has_value },
            Some(emptied) => {
                let retired = Arc::clone(entry);
                let _removed = entries.remove_if(key, |_, current| Arc::ptr_eq(current, &retired));
                self.counters.evicted();
                // Outside of every lock but the rings': dropping a value is its own code.
                drop(emptied);
                Look::Left
            }
        }
    }

    /// Whether its value has been of no use for long: expired, and not asked for since.
    fn is_abandoned(&self, entry: &Entry<V>, now: Timestamp) -> bool {
        let stats = entry.engine.item.slot.stats(now);
        let expired_at = stats.deadlines.and_then(|deadlines| deadlines.expires_at);
        let over = match (expired_at, entry.has_value()) {
            (Some(expired_at), true) => expired_at + self.idle_after,
            // One that does not expire is kept.
            (None, true) => return false,
            _ => stats.next_refresh_at.unwrap_or(now),
        };
        over < now
    }
}

/// Which entries leave.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Idle {
    /// Those that are of no use any more.
    Leaves,
    /// Those that were not used since the last look.
    LeavesUnused,
}

/// How many entries are looked at for each key that is added: more than one, so that what is of
/// no use leaves faster than keys come.
const LOOKS_PER_KEY: usize = 2;

impl<K: Key, V: Value> Clone for Pool<K, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Key, V: Value> fmt::Debug for Pool<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pool").field(&self.stats()).finish()
    }
}
