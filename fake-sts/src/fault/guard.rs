use std::sync::Arc;

use super::armed::Armed;
use super::{FaultId, Faults};

/// Keeps a fault in effect. Dropping it ends the fault.
#[derive(Debug)]
#[must_use = "the fault ends when this is dropped; keep() lets it stay"]
pub struct FaultGuard {
    faults: Faults,
    armed: Arc<Armed>,
    ends: bool,
}

impl FaultGuard {
    pub(super) fn new(faults: Faults, armed: Arc<Armed>) -> Self {
        Self { faults, armed, ends: true }
    }

    /// The number of the fault.
    #[must_use]
    pub fn id(&self) -> FaultId {
        self.armed.id
    }

    /// How many calls it struck so far.
    #[must_use]
    pub fn hits(&self) -> u64 {
        self.armed.hits()
    }

    /// Waits until it has struck so many calls: until a client hangs, say.
    ///
    /// A call is struck when the journal has it, which is before a delay begins or a connection ends.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future changes nothing.
    pub async fn until_hits(&self, hits: u64) {
        // The sender lives in `self`, so it is not gone.
        let _ = self.armed.watch().wait_for(|so_far| *so_far >= hits).await;
    }

    /// Lets the fault stay until it is [removed](Faults::remove), or the fake stops.
    pub fn keep(mut self) -> FaultId {
        self.ends = false;
        self.armed.id
    }
}

impl Drop for FaultGuard {
    fn drop(&mut self) {
        if self.ends {
            self.faults.remove(self.armed.id);
        }
    }
}
