//! One key's value in a pool, and how long it stays there.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};

use stscreds_core::Timestamp;

use super::turns::{Rank, Ticket};
use crate::decide::phase::Phase;
use crate::run::engine::Engine;
use crate::share::slot::Replaced;
use crate::value::Value;

/// What the pool keeps for one key.
pub(super) struct Entry<V> {
    pub(super) engine: Engine<V>,
    /// How many callers and handles there are, and whether it has left the pool.
    ///
    /// Counted apart from the `Arc`, whose count may rise between a look at it and what
    /// follows: once this says [`RETIRED`], nobody can come back.
    pins: AtomicU32,
    /// Whether it was used since the last sweep looked. Stored only if unset, so that hits
    /// write nothing.
    used: AtomicBool,
    /// How urgently its refresh is wanted, as a [`Rank`].
    wanted: AtomicU8,
    /// Its place in the budget's queue and one, or 0.
    pub(super) ticket: Arc<AtomicU64>,
}

const RETIRED: u32 = 1 << 31;

impl<V: Value> Entry<V> {
    /// An entry with one pin.
    pub(super) fn new(engine: Engine<V>) -> Self {
        Self {
            engine,
            pins: AtomicU32::new(1),
            used: AtomicBool::new(true),
            wanted: AtomicU8::new(Rank::Warm as u8),
            ticket: Arc::default(),
        }
    }

    #[inline]
    pub(super) fn touch(&self) {
        if !self.used.load(Ordering::Relaxed) {
            self.used.store(true, Ordering::Relaxed);
        }
    }

    /// Whether it was used since the last call.
    pub(super) fn was_used(&self) -> bool {
        self.used.swap(false, Ordering::Relaxed)
    }

    /// Keeps it in the pool, unless it has left.
    pub(super) fn pin(&self) -> bool {
        let more = |pins: u32| (pins & RETIRED == 0).then(|| pins + 1);
        self.pins.fetch_update(Ordering::Acquire, Ordering::Relaxed, more).is_ok()
    }

    /// Takes it out of use and empties it, unless somebody uses it or it is being refreshed.
    pub(super) fn retire(&self) -> Option<Replaced<V>> {
        self.engine.item.slot.retire(|| {
            self.pins.compare_exchange(0, RETIRED, Ordering::AcqRel, Ordering::Relaxed).is_ok()
        })
    }

    /// Takes it out of use although callers use it: their handles go on with what they have.
    pub(super) fn retire_anyway(&self) {
        self.pins.fetch_or(RETIRED, Ordering::AcqRel);
    }

    pub(super) fn has_value(&self) -> bool {
        self.engine.item.slot.cached().is_some()
    }

    /// A caller wants it so urgently. The place in the queue that has to move up, if any.
    pub(super) fn want(&self, rank: Rank) -> Option<Ticket> {
        self.wanted.fetch_min(rank as u8, Ordering::Relaxed);
        self.ticket.load(Ordering::Relaxed).checked_sub(1).map(Ticket)
    }

    /// How urgently a refresh that begins now is needed.
    pub(super) fn rank(&self, now: Timestamp) -> Rank {
        let wanted = self.wanted.swap(Rank::Warm as u8, Ordering::Relaxed);
        let is_wanted = wanted < Rank::Warm as u8;
        match self.engine.item.slot.stats(now).phase {
            Phase::Fresh | Phase::Advisory => Rank::Advisory,
            Phase::Mandatory => Rank::Mandatory,
            _ if is_wanted => Rank::Waiting,
            _ => Rank::Warm,
        }
    }
}

/// Keeps an entry in its pool for as long as it exists.
pub(crate) struct Pin<V>(pub(super) Arc<Entry<V>>);

impl<V> Drop for Pin<V> {
    fn drop(&mut self) {
        self.0.pins.fetch_sub(1, Ordering::Release);
    }
}
