//! For whom, and how urgently, a task sends requests.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::turns::{Rank, Tenant};

/// What the budget must know of the refresh that runs in this task.
#[derive(Clone)]
pub(super) struct Turn {
    pub(super) tenant: Tenant,
    pub(super) rank: Rank,
    /// Where its place in the queue is shown.
    pub(super) ticket: Arc<AtomicU64>,
}

tokio::task_local! {
    static TURN: Turn;
}

/// Runs a refresh of a pool: the requests that it sends wait for this turn.
pub(super) async fn within<F: Future>(turn: Turn, work: F) -> F::Output {
    TURN.scope(turn, work).await
}

/// Outside of a pool a caller waits, most likely.
pub(super) fn current() -> (Option<Tenant>, Rank, Option<Arc<AtomicU64>>) {
    TURN.try_with(|turn| (Some(turn.tenant), turn.rank, Some(Arc::clone(&turn.ticket))))
        .unwrap_or((None, Rank::Waiting, None))
}
