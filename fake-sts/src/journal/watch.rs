use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::filter::Mismatch;
use super::{Call, Filter};

/// An eye on the calls as they are recorded.
///
/// It counts when a call comes, so that nothing is lost when the journal drops calls later.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) filter: Filter,
    /// How many matching calls somebody waits for, and how many of them are kept.
    wanted: usize,
    tally: Mutex<Tally>,
    reached: Notify,
}

/// What a watch has seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) came: u64,
    /// The first of those that came.
    pub(super) first: Vec<Arc<Call>>,
    pub(super) others: u64,
    /// Those of the others that miss the filter by the least, the closest first.
    pub(super) nearest: Vec<Near>,
}

/// A call that is not meant, and why it is not.
#[derive(Clone, Debug)]
pub(super) struct Near {
    pub(super) mismatches: Vec<Mismatch>,
    pub(super) call: Arc<Call>,
}

/// As many as a person wants to read about.
const NEAREST: usize = 3;

impl Watch {
    pub(super) fn new(filter: Filter, wanted: usize) -> Self {
        Self { filter, wanted, tally: Mutex::default(), reached: Notify::new() }
    }

    pub(super) fn see(&self, call: &Arc<Call>) {
        let mut tally = self.lock();
        if self.filter.matches(call) {
            tally.came += 1;
            if tally.first.len() < self.wanted {
                tally.first.push(Arc::clone(call));
            }
            if tally.first.len() >= self.wanted {
                self.reached.notify_one();
            }
        } else {
            tally.add_other(&self.filter, call);
        }
    }

    /// Waits until as many calls came as are wanted.
    ///
    /// The one who waits is told by the call that completes them, also by one that comes before the waiting begins.
    pub(super) async fn reached(&self) {
        while self.lock().first.len() < self.wanted {
            self.reached.notified().await;
        }
    }

    pub(super) fn tally(&self) -> Tally {
        self.lock().clone()
    }

    pub(super) fn came(&self) -> u64 {
        self.lock().came
    }

    fn lock(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tally {
    fn add_other(&mut self, filter: &Filter, call: &Arc<Call>) {
        self.others += 1;
        let mismatches = filter.mismatches(call);
        let place = self.nearest.partition_point(|near| near.mismatches.len() <= mismatches.len());
        if place < NEAREST {
            self.nearest.truncate(NEAREST - 1);
            self.nearest.insert(place, Near { mismatches, call: Arc::clone(call) });
        }
    }
}
