//! An async lock that is held while the value is fetched, as the token caches of
//! `object_store` do it, whose own are private to it: the lock is the single flight.

use aws_credential_types::Credentials;
use tokio::sync::{Mutex, RwLock};

use super::cells::Dated;
use crate::clock;
use crate::contender::{Contender, Invalidation};
use crate::upstream::{Refused, Upstream};

/// The older form.
pub(super) struct TokioMutex {
    cell: Mutex<Option<Dated>>,
    upstream: Upstream,
}

impl Contender for TokioMutex {
    const NAME: &'static str = "tokio-mutex";
    const HOLDS: &'static str = "tokio Mutex held while fetching (object_store before 0.13)";
    type Value = Credentials;

    fn build(upstream: Upstream) -> Self {
        Self { cell: Mutex::new(None), upstream }
    }

    async fn get(&self) -> Result<Credentials, Refused> {
        let mut cell = self.cell.lock().await;
        let now = clock::precise();
        if let Some(dated) = cell.as_ref().and_then(|dated| dated.if_fresh(now)) {
            return Ok(dated.credentials.clone());
        }
        let dated = Dated::new(self.upstream.fetch().await?, &self.upstream);
        Ok(cell.insert(dated).credentials.clone())
    }

    fn invalidate(&self) -> Invalidation {
        match self.cell.try_lock() {
            Ok(mut cell) => *cell = None,
            // Somebody reads or replaces it at this moment; the next try will do.
            Err(_) => return Invalidation::Unknown,
        }
        Invalidation::Done
    }
}

/// The newer form: readers share the lock, and look again once they may write.
pub(super) struct TokioRwLock {
    cell: RwLock<Option<Dated>>,
    upstream: Upstream,
}

impl Contender for TokioRwLock {
    const NAME: &'static str = "tokio-rwlock";
    const HOLDS: &'static str = "tokio RwLock held while fetching (object_store 0.13 and 0.14)";
    type Value = Credentials;

    fn build(upstream: Upstream) -> Self {
        Self { cell: RwLock::new(None), upstream }
    }

    async fn get(&self) -> Result<Credentials, Refused> {
        let now = clock::precise();
        if let Some(dated) = self.cell.read().await.as_ref().and_then(|d| d.if_fresh(now)) {
            return Ok(dated.credentials.clone());
        }
        let mut cell = self.cell.write().await;
        if let Some(dated) = cell.as_ref().and_then(|dated| dated.if_fresh(clock::precise())) {
            return Ok(dated.credentials.clone());
        }
        let dated = Dated::new(self.upstream.fetch().await?, &self.upstream);
        Ok(cell.insert(dated).credentials.clone())
    }

    fn invalidate(&self) -> Invalidation {
        match self.cell.try_write() {
            Ok(mut cell) => *cell = None,
            Err(_) => return Invalidation::Unknown,
        }
        Invalidation::Done
    }
}
