use std::time::Duration;

use stscreds_core::{Error, Timestamp};

/// The caller's own say in what a refresh comes to.
pub(crate) struct Hooks<V> {
    pub(crate) handle_failure: Option<Box<dyn HandleFailure<V>>>,
    pub(crate) adjust_expiry: Option<Box<dyn AdjustExpiry<V>>>,
}

impl<V> Default for Hooks<V> {
    fn default() -> Self {
        Self { handle_failure: None, adjust_expiry: None }
    }
}

/// See [`CacheBuilder::handle_failure`](crate::CacheBuilder::handle_failure).
pub(crate) trait HandleFailure<V>: Send + Sync {
    fn handle_failure(&self, previous: Option<&V>, error: &Error) -> Result<V, Error>;
}

impl<V, F: Fn(Option<&V>, &Error) -> Result<V, Error> + Send + Sync> HandleFailure<V> for F {
    fn handle_failure(&self, previous: Option<&V>, error: &Error) -> Result<V, Error> {
        self(previous, error)
    }
}

/// See [`CacheBuilder::adjust_expiry`](crate::CacheBuilder::adjust_expiry).
pub(crate) trait AdjustExpiry<V>: Send + Sync {
    fn adjust_expiry(&self, value: &V, window: Duration) -> Result<Timestamp, Error>;
}

impl<V, F: Fn(&V, Duration) -> Result<Timestamp, Error> + Send + Sync> AdjustExpiry<V> for F {
    fn adjust_expiry(&self, value: &V, window: Duration) -> Result<Timestamp, Error> {
        self(value, window)
    }
}
