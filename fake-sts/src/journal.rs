//! What was called: every request, who made it, what was decided and why.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

mod call;

pub(crate) use self::call::cut;
pub use self::call::{Call, CallOutcome};

/// The calls that a server has seen, the latest ones.
///
/// Bounded: of more calls than it has room for, the oldest are dropped and counted.
#[derive(Debug)]
pub struct Journal {
    capacity: usize,
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    calls: VecDeque<Call>,
    total: u64,
}

/// Enough for a day of a test suite, and below 10 MB.
pub(crate) const DEFAULT_CAPACITY: usize = 4096;

impl Journal {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity, entries: Mutex::default() }
    }

    /// The calls, the oldest first.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.lock().calls.iter().cloned().collect()
    }

    /// How many calls there were in all since the start, or since the journal was cleared.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.lock().total
    }

    /// How many calls are not in the journal any more.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        let entries = self.lock();
        entries.total - u64::try_from(entries.calls.len()).unwrap_or(entries.total)
    }

    /// Forgets all calls, and starts to count anew.
    pub fn clear(&self) {
        *self.lock() = Entries::default();
    }

    pub(crate) fn record(&self, mut call: Call) {
        let mut entries = self.lock();
        entries.total += 1;
        call.sequence = entries.total;
        if self.capacity == 0 {
            return;
        }
        // The oldest leaves, but is taken apart only once the lock is free again.
        let dropped =
            if entries.calls.len() == self.capacity { entries.calls.pop_front() } else { None };
        entries.calls.push_back(call);
        drop(entries);
        drop(dropped);
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_calls_are_dropped_and_counted() {
        let journal = Journal::new(2);
        for _ in 0..5 {
            journal.record(Call::default());
        }

        let sequences = journal.calls().iter().map(|call| call.sequence).collect::<Vec<_>>();
        assert_eq!((sequences, journal.total(), journal.dropped()), (vec![4, 5], 5, 3));
    }

    #[test]
    fn clearing_starts_anew() {
        let journal = Journal::new(2);
        journal.record(Call::default());

        journal.clear();

        assert_eq!((journal.calls().len(), journal.total(), journal.dropped()), (0, 0, 0));
    }

    #[test]
    fn a_journal_without_room_still_counts() {
        let journal = Journal::new(0);

        journal.record(Call::default());

        assert_eq!((journal.calls().len(), journal.dropped()), (0, 1));
    }
}
