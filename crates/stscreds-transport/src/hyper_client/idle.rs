use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::{Handle, Id};
use tokio::time::Instant;

use super::connection::Connection;
use crate::target::Target;

/// Connections that wait for their next request.
#[derive(Default)]
pub(super) struct Idle(Mutex<Vec<Kept>>);

struct Kept {
    target: Target,
    connection: Connection,
    /// A socket belongs to the runtime that made it, and dies with it.
    runtime: Option<Id>,
    since: Instant,
}

impl Idle {
    /// A connection to the target that is still open.
    pub(super) async fn take(&self, target: &Target) -> Option<Connection> {
        while let Some(mut connection) = self.next(target) {
            if connection.is_usable().await {
                return Some(connection);
            }
        }
        None
    }

    pub(super) fn put(&self, target: Target, connection: Connection) {
        let kept = Kept { target, connection, runtime: runtime(), since: Instant::now() };
        let mut all = self.lock();
        // The one at the front is the oldest.
        if all.len() == MAX_KEPT {
            all.remove(0);
        }
        all.push(kept);
    }

    fn next(&self, target: &Target) -> Option<Connection> {
        let runtime = runtime();
        let mut all = self.lock();
        all.retain(|kept| kept.since.elapsed() < MAX_IDLE);
        let at = all.iter().rposition(|kept| kept.target == *target && kept.runtime == runtime)?;
        Some(all.remove(at).connection)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Kept>> {
        // Nothing that runs under the lock leaves it half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Idle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Idle").field("connections", &self.lock().len()).finish()
    }
}

fn runtime() -> Option<Id> {
    Handle::try_current().ok().map(|handle| handle.id())
}

/// What the AWS SDKs keep idle connections for.
const MAX_IDLE: Duration = Duration::from_secs(20);

/// Calls at the same time that find a connection ready; a process makes few at a time.
const MAX_KEPT: usize = 8;
