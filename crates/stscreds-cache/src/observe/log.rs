use std::error::Error as StdError;
use std::fmt;

use stscreds_core::{Error, Timestamp};
use tracing::{debug, warn};

use crate::observe::event::{Event, Happening};

/// One log line for each event; what an operator should act on is a warning.
pub(crate) fn log(event: &Event) {
    let cache = event.cache.as_deref().unwrap_or_default();
    match &event.happening {
        Happening::RefreshStarted => debug!(cache, "refresh started"),
        Happening::RefreshSucceeded { expires_at, next_refresh_at, took } => debug!(
            cache,
            expires_at = expires_at.map(tracing::field::display),
            next_refresh_at = next_refresh_at.map(tracing::field::display),
            took_ms = took.as_secs_f64() * 1e3,
            "refresh succeeded"
        ),
        Happening::RefreshFailed { error, consequence, next_attempt_at } => warn!(
            cache,
            kind = ?error.kind(),
            recoverable = error.is_recoverable(),
            "refresh failed: {cause}; {consequence}; {next}",
            cause = Cause(error),
            next = Next(event.at, *next_attempt_at),
        ),
        Happening::RefreshAbandoned => warn!(
            cache,
            "refresh abandoned: its runtime shut down or stalled; the next caller will start a new one"
        ),
        Happening::BackedOff { until } => debug!(
            cache,
            seconds = until.since(event.at).as_secs_f64(),
            "backing off after a failed refresh"
        ),
        Happening::StaleServed { expired_at } => warn!(
            cache,
            expired_at = %expired_at,
            "serving a value past its expiry while refreshes fail"
        ),
        Happening::Invalidated { id } => debug!(cache, id, "invalidated"),
    }
}

/// An error and what it says lies below.
struct Cause<'a>(&'a Error);

impl fmt::Display for Cause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)?;
        let mut below = self.0.source();
        while let Some(cause) = below {
            write!(f, ": {cause}")?;
            below = cause.source();
        }
        Ok(())
    }
}

/// (now, next attempt)
struct Next(Timestamp, Option<Timestamp>);

impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Some(at) => write!(f, "next attempt in {} seconds", at.since(self.0).as_secs()),
            None => f.write_str("the next caller tries again"),
        }
    }
}
