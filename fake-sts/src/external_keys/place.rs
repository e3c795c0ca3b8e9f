use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::oidc::{KeyFault, KeySet};

/// Where keys are fetched from, and what came of it.
///
/// One call at a time fetches: it holds `turn`. Whoever waited for a turn looks first whether a fetch has ended since it came, and if so takes
/// its outcome, good or bad: a crowd costs one fetch, and an issuer that does not answer is waited for once.
#[derive(Debug, Default)]
pub(super) struct Place {
    turn: tokio::sync::Mutex<()>,
    history: Mutex<History>,
}

#[derive(Debug, Default)]
struct History {
    /// How many fetches have ended, and when the last one did.
    ended: u64,
    ended_at: Option<Instant>,
    last: Option<Result<KeySet, KeyFault>>,
    /// The last keys that there were, and when they were fetched.
    kept: Option<(KeySet, SystemTime)>,
}

impl Place {
    /// How many fetches have ended so far.
    pub(super) fn ended(&self) -> u64 {
        self.history(|history| history.ended)
    }

    /// What is kept and not too old. A clock that was set back makes it too old as well.
    pub(super) fn kept(&self, now: SystemTime, lifetime: Duration) -> Option<KeySet> {
        self.history(|history| {
            let (keys, since) = history.kept.as_ref()?;
            let is_fresh = now.duration_since(*since).is_ok_and(|age| age < lifetime);
            is_fresh.then(|| keys.clone())
        })
    }

    /// Whether no fetch has ended for so long, by real time.
    pub(super) fn has_rested(&self, rest: Duration) -> bool {
        self.history(|history| history.ended_at.is_none_or(|at| at.elapsed() >= rest))
    }

    /// The outcome of `fetch`, or of one that has ended since the caller counted `ended`.
    pub(super) async fn fetch(
        &self,
        ended: u64,
        now: SystemTime,
        fetch: impl Future<Output = Result<KeySet, KeyFault>>,
    ) -> Result<KeySet, KeyFault> {
        let _turn = self.turn.lock().await;
        let meanwhile = self
            .history(|history| if history.ended == ended { None } else { history.last.clone() });
        if let Some(outcome) = meanwhile {
            return outcome;
        }
        let outcome = fetch.await;
        self.history(|history| {
            history.ended += 1;
            history.ended_at = Some(Instant::now());
            history.last = Some(outcome.clone());
            if let Ok(keys) = &outcome {
                history.kept = Some((keys.clone(), now));
            }
        });
        outcome
    }

    fn history<T>(&self, f: impl FnOnce(&mut History) -> T) -> T {
        f(&mut self.history.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
