use std::sync::Arc;
use std::time::Duration;

use super::watch::Watch;
use super::{Call, Filter, ImpossibleFilter, Journal, Times, Unmet};

/// Why waiting for calls ended without them.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WaitError {
    /// No call can ever match.
    #[error(transparent)]
    Impossible(#[from] ImpossibleFilter),
    /// They did not come in time.
    #[error(transparent)]
    TimedOut(#[from] Unmet),
}

impl Journal {
    /// Waits until so many matching calls are there, and returns the first of them.
    ///
    /// Calls that are in the journal already count. Does not poll: the call that completes them wakes the one who waits.
    ///
    /// # Errors
    ///
    /// When no call can ever match.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves nothing behind, and the journal as it is.
    pub async fn wait_for(
        &self,
        filter: Filter,
        calls: usize,
    ) -> Result<Vec<Call>, ImpossibleFilter> {
        let watching = self.watch(self.check(filter)?, calls);
        watching.watch.reached().await;
        Ok(watching.calls())
    }

    /// The same, for a limited time: real time, whatever the virtual clock does.
    ///
    /// # Errors
    ///
    /// When no call can ever match, or they did not come in time; the error tells what came instead.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves nothing behind, and the journal as it is.
    pub async fn wait_for_within(
        &self,
        filter: Filter,
        calls: usize,
        limit: Duration,
    ) -> Result<Vec<Call>, WaitError> {
        let watching = self.watch(self.check(filter)?, calls);
        if tokio::time::timeout(limit, watching.watch.reached()).await.is_ok() {
            return Ok(watching.calls());
        }
        Err(WaitError::TimedOut(Unmet {
            name: None,
            filter: watching.watch.filter.clone(),
            times: Times::at_least(u64::try_from(calls).unwrap_or(u64::MAX)),
            waited: Some(limit),
            tally: Box::new(watching.watch.tally()),
            endpoint: self.endpoint(),
        }))
    }

    fn watch(&self, filter: Filter, calls: usize) -> Watching<'_> {
        let watch = Arc::new(Watch::new(filter, calls));
        self.begin_with_past(&watch);
        Watching { journal: self, watch }
    }
}

/// A watch that ends when nobody waits any more.
struct Watching<'a> {
    journal: &'a Journal,
    watch: Arc<Watch>,
}

impl Watching<'_> {
    fn calls(&self) -> Vec<Call> {
        self.watch.tally().first.iter().map(|call| Call::clone(call)).collect()
    }
}

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        self.journal.end(&self.watch);
    }
}
