use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::observe::event::Event;

/// The events of one cache from the moment of subscription on; made by
/// [`Cache::subscribe`](crate::Cache::subscribe).
///
/// A subscriber that lags more than 64 events behind misses the oldest; the cache does
/// not wait for it.
#[derive(Debug)]
pub struct Subscription {
    events: Receiver<Event>,
    missed: u64,
}

impl Subscription {
    /// Hours of a cache that is well and minutes of one that fails; allocated at once.
    pub(crate) const CAPACITY: usize = 64;

    pub(crate) fn new(events: Receiver<Event>) -> Self {
        Self { events, missed: 0 }
    }

    /// The next event; `None` once the cache is gone.
    ///
    /// # Cancel safety
    ///
    /// No event is lost if the future is dropped.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            match self.events.recv().await {
                Ok(event) => return Some(event),
                Err(RecvError::Lagged(missed)) => self.missed += missed,
                Err(RecvError::Closed) => return None,
            }
        }
    }

    /// How many events this subscriber was too late for.
    #[must_use]
    pub fn missed(&self) -> u64 {
        self.missed
    }
}
