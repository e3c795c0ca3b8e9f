//! Values that are fetched before anybody asks.

use std::collections::VecDeque;
use std::fmt;

use stscreds_core::Error;
use tokio::task::JoinSet;

use super::turns::Rank;
use super::{Key, Pool};
use crate::value::Value;

/// Fetches values with the least urgency; made by [`Pool::warm`].
///
/// ```
/// # use stscreds_cache::pool::CredentialsPool;
/// # use stscreds_core::{Credentials, Error};
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Error> {
/// # let pool = CredentialsPool::builder(async |_: u32| Ok(Credentials::new("AKIA", "s"))).build();
/// let mut warming = pool.warm(0..100);
/// while let Some((customer, outcome)) = warming.next().await {
///     if let Err(error) = outcome {
///         eprintln!("{customer}: {error}");
///     }
/// }
/// # assert_eq!(pool.stats().refreshes, 100);
/// # Ok(()) }
/// ```
pub struct Warming<K: Key, V: Value> {
    pool: Pool<K, V>,
    left: VecDeque<K>,
    running: JoinSet<(K, Result<(), Error>)>,
}

impl<K: Key, V: Value> Warming<K, V> {
    pub(super) fn new(pool: Pool<K, V>, keys: VecDeque<K>) -> Self {
        Self { pool, left: keys, running: JoinSet::new() }
    }

    /// How many keys have not been fetched or refused yet.
    #[must_use]
    pub fn left(&self) -> usize {
        self.left.len() + self.running.len()
    }

    /// The next key that was fetched, in any order, and its error if that failed; nothing when
    /// all are done.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost if the future is dropped.
    pub async fn next(&mut self) -> Option<(K, Result<(), Error>)> {
        loop {
            while self.running.len() < AT_ONCE
                && let Some(key) = self.left.pop_front()
            {
                let cache = self.pool.wanted(&key, Rank::Warm);
                self.running.spawn(async move { (key, cache.get().await.map(drop)) });
            }
            match self.running.join_next().await? {
                Ok(done) => return Some(done),
                // Its runtime is shutting down.
                Err(_gone) => {}
            }
        }
    }
}

/// More than a budget lets out at once, and few enough to cost little memory.
const AT_ONCE: usize = 512;

impl<K: Key, V: Value> fmt::Debug for Warming<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Warming").field("left", &self.left()).finish_non_exhaustive()
    }
}
