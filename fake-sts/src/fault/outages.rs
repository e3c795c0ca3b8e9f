use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;

use crate::server::Door;

/// Whether there is an outage, shared by those who make it and those who suffer it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outages {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    count: Mutex<usize>,
    /// Whether the count is above zero. Requests read it alone.
    any: AtomicBool,
    /// Nothing for a fake without a socket.
    door: OnceLock<Arc<Door>>,
}

/// As long as it lives, nobody reaches the fake. Dropping it opens the port again.
#[derive(Debug)]
#[must_use = "the outage ends when this is dropped"]
pub struct Outage {
    outages: Outages,
}

/// An outage that begins when the last clone of this is dropped, and ends by itself: for whoever has to answer first.
#[derive(Clone, Debug)]
pub(crate) struct OutageAhead {
    _planned: Arc<Planned>,
}

#[derive(Debug)]
struct Planned {
    outages: Outages,
    lasting: Duration,
    /// Where it waits for its end.
    runtime: Handle,
}

impl Outages {
    /// Says which door to shut.
    pub(crate) fn set_door(&self, door: Arc<Door>) {
        // There is one server in a fake, which starts once.
        let _ = self.shared.door.set(door);
    }

    pub(crate) fn begin(&self) -> io::Result<Outage> {
        let mut count = self.count();
        if let Some(door) = self.shared.door.get() {
            door.shut()?;
        }
        *count += 1;
        self.shared.any.store(true, Ordering::Release);
        Ok(Outage { outages: self.clone() })
    }

    /// Plans an outage of this length, by the time of tokio. Must be called within a runtime.
    pub(crate) fn plan(&self, lasting: Duration) -> OutageAhead {
        let planned = Planned { outages: self.clone(), lasting, runtime: Handle::current() };
        OutageAhead { _planned: Arc::new(planned) }
    }

    fn end(&self) {
        let mut count = self.count();
        *count -= 1;
        if *count > 0 {
            return;
        }
        self.shared.any.store(false, Ordering::Release);
        if let Some(door) = self.shared.door.get() {
            door.open();
        }
    }

    /// Whether requests are to be refused that came around the port: in memory, or on a connection of before.
    pub(crate) fn are_there(&self) -> bool {
        self.shared.any.load(Ordering::Acquire)
    }

    /// Locked until the door is where the count says.
    fn count(&self) -> MutexGuard<'_, usize> {
        self.shared.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Outage {
    fn drop(&mut self) {
        self.outages.end();
    }
}

impl Drop for Planned {
    fn drop(&mut self) {
        match self.outages.begin() {
            Ok(outage) => {
                let lasting = self.lasting;
                self.runtime.spawn(async move {
                    tokio::time::sleep(lasting).await;
                    drop(outage);
                });
            }
            Err(error) => tracing::error!(%error, "another process took the port in an outage"),
        }
    }
}
