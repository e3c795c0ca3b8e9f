use std::sync::Arc;

use crate::decide::policy::RefreshPolicy;
use crate::run::upkeep::Keeper;
use crate::share::slot::Slot;
use crate::value::{Source, Value};

/// One cached value: its slot and its source. All else is [`Shared`](super::shared::Shared).
///
/// Aligned so that the reference count of the handles, which lies before it, is on another
/// cache line than the stripes that every hit reads, and so is a neighbour on the heap.
#[cfg_attr(target_arch = "aarch64", repr(align(128)))]
#[cfg_attr(not(target_arch = "aarch64"), repr(align(64)))]
pub(crate) struct Item<V> {
    pub(crate) slot: Slot<V>,
    pub(crate) source: Arc<dyn Source<V>>,
    pub(crate) keeper: Keeper,
}

impl<V: Value> Item<V> {
    pub(crate) fn new(
        stripes: usize,
        policy: Arc<RefreshPolicy>,
        source: Arc<dyn Source<V>>,
    ) -> Self {
        Self { slot: Slot::new(stripes, policy), source, keeper: Keeper::default() }
    }
}
