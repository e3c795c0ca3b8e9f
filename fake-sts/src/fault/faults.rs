use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::armed::Armed;
use super::strikes::{Attempted, Strikes};
use super::{Fault, FaultError, FaultGuard, FaultId};
use crate::clock::Clock;

/// The faults of one fake. Clones share them.
#[derive(Clone, Debug)]
pub struct Faults {
    shared: Arc<Shared>,
}

/// How a fault is doing.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FaultState {
    /// Its number.
    pub id: FaultId,
    /// The fault as it was injected.
    pub fault: Fault,
    /// How many calls it counted.
    pub seen: u64,
    /// How many of them it struck.
    pub hits: u64,
    /// Whether it may still strike: neither spent nor over.
    pub active: bool,
}

#[derive(Debug)]
struct Shared {
    /// As long as the list below. Calls read it alone, and take the lock only when there is something in the list.
    count: AtomicUsize,
    list: Mutex<List>,
    clock: Clock,
}

#[derive(Debug, Default)]
struct List {
    last_id: u64,
    faults: Vec<Arc<Armed>>,
}

/// More than a test can have in mind; a loop that injects without end shall hear of it.
const LIMIT: usize = 1024;

impl Faults {
    pub(crate) fn new(clock: Clock) -> Self {
        let shared = Shared { count: AtomicUsize::new(0), list: Mutex::default(), clock };
        Self { shared: Arc::new(shared) }
    }

    /// Puts a fault into effect, for as long as the guard lives.
    ///
    /// # Errors
    ///
    /// When a name in it is unknown, a value out of its bounds, or no call can ever fit it; nothing changes then.
    pub fn try_inject(&self, fault: Fault) -> Result<FaultGuard, FaultError> {
        let now = self.shared.clock.timestamp();
        let mut list = self.lock();
        if list.faults.len() >= LIMIT {
            return Err(FaultError::TooMany { limit: LIMIT });
        }
        let armed = Arc::new(Armed::new(FaultId(list.last_id + 1), fault, now)?);
        list.last_id += 1;
        list.faults.push(Arc::clone(&armed));
        self.count(&list);
        Ok(FaultGuard::new(self.clone(), armed))
    }

    /// All faults, spent ones as well, in the order in which they were injected.
    #[must_use]
    pub fn list(&self) -> Vec<FaultState> {
        let now = self.shared.clock.timestamp();
        let state = |armed: &Arc<Armed>| FaultState {
            id: armed.id,
            fault: armed.fault.clone(),
            seen: armed.seen(),
            hits: armed.hits(),
            active: armed.is_active(now),
        };
        self.lock().faults.iter().map(state).collect()
    }

    /// Ends a fault. Calls that it struck already stay struck.
    ///
    /// Returns whether there was such a fault.
    pub fn remove(&self, id: FaultId) -> bool {
        let mut list = self.lock();
        let before = list.faults.len();
        list.faults.retain(|armed| armed.id != id);
        self.count(&list);
        list.faults.len() < before
    }

    /// Ends all faults.
    pub fn clear(&self) {
        let mut list = self.lock();
        list.faults.clear();
        self.count(&list);
    }

    /// Whether a call has to be looked at. One load, since nearly always there is nothing.
    pub(crate) fn are_there(&self) -> bool {
        // Who injects a fault and then makes a call meets it: the call comes after the lock, by way of a socket or a channel.
        self.shared.count.load(Ordering::Acquire) > 0
    }

    /// What strikes a call.
    pub(crate) fn strikes(&self, call: &Attempted<'_>) -> Strikes {
        let now = self.shared.clock.timestamp();
        let mut strikes = Strikes::default();
        for armed in &self.lock().faults {
            if (armed.fault.effect.adds() || !strikes.are_decided())
                && let Some(strike) = armed.consider(call, now)
            {
                strikes.push(strike);
            }
        }
        strikes
    }

    fn count(&self, list: &List) {
        self.shared.count.store(list.faults.len(), Ordering::Release);
    }

    fn lock(&self) -> MutexGuard<'_, List> {
        self.shared.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
