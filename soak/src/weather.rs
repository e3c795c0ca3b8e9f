use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long all has been well: no fault, no outage, no clock that is off.
#[derive(Debug, Clone)]
pub(crate) struct Weather(Arc<Mutex<Instant>>);

impl Weather {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    /// Something is wrong for so long from now on.
    pub(crate) fn bad_for(&self, time: Duration) {
        let mut until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *until = (*until).max(Instant::now() + time);
    }

    /// How long all has been well; zero while it is not.
    pub(crate) fn good_for(&self) -> Duration {
        let until = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Instant::now().saturating_duration_since(until)
    }
}
