//! From a key to its value, within the budget.

use std::future::Future;
use std::sync::{Arc, Weak};

use async_trait::async_trait;
use stscreds_core::{Error, ErrorKind};

use super::turn::{Turn, within};
use super::{Inner, Key};
use crate::value::{Source, Value};

/// Yields values by key.
#[async_trait]
pub(super) trait KeyedSource<K, V>: Send + Sync {
    async fn value(&self, key: K) -> Result<V, Error>;

    fn reject(&self, _key: &K, _id: &str) {}
}

pub(super) struct FromFn<S>(pub(super) S);

#[async_trait]
impl<K, V, S, Fut> KeyedSource<K, V> for FromFn<S>
where
    K: Key,
    S: Fn(K) -> Fut + Send + Sync,
    Fut: Future<Output = Result<V, Error>> + Send,
{
    async fn value(&self, key: K) -> Result<V, Error> {
        self.0(key).await
    }
}

/// The source of one entry.
pub(super) struct Keyed<K, V> {
    pub(super) pool: Weak<Inner<K, V>>,
    pub(super) key: K,
}

#[async_trait]
impl<K: Key, V: Value> Source<V> for Keyed<K, V> {
    async fn value(&self) -> Result<V, Error> {
        let pool = self.pool.upgrade().ok_or_else(pool_is_gone)?;
        let tenant = (pool.tenant)(&self.key, &pool.budget);
        let now = pool.shared.now();
        let (rank, ticket) = match pool.entries.pin().get(&self.key) {
            Some(entry) => (entry.rank(now), Arc::clone(&entry.ticket)),
            None => (super::Rank::Waiting, Arc::default()),
        };
        let outcome = within(Turn { tenant, rank, ticket }, async {
            if pool.source_asks_budget {
                return pool.source.value(self.key.clone()).await;
            }
            let permit = pool.budget.permit().await?;
            let outcome = pool.source.value(self.key.clone()).await;
            permit.finish(outcome.as_ref().err());
            outcome
        })
        .await;
        pool.counters.refreshed(outcome.as_ref().err().map(Error::kind));
        if outcome.is_ok() {
            pool.filled();
        }
        outcome
    }

    fn reject(&self, id: &str) {
        if let Some(pool) = self.pool.upgrade() {
            pool.source.reject(&self.key, id);
        }
    }
}

fn pool_is_gone() -> Error {
    Error::new(ErrorKind::InvalidConfiguration, "the pool that this cache belongs to was dropped")
}
